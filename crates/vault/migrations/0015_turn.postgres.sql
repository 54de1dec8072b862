-- Who takes somebody down looks first whether they are known, and writes afterwards (src/records/arriving.rs). The last
-- one who did so for a number stands here under a part of its token, too short to say whose it is: whoever comes second
-- finds another one than they saw, and looks again.
CREATE TABLE turn (bucket BIGINT PRIMARY KEY, entry TEXT NOT NULL);
