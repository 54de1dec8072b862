-- Where a browser can be knocked at, though no page of ours is open: the address that its push service gave it, sealed,
-- for whoever has it may knock. One per device, good only while the session lives in which the device was last used.
CREATE TABLE push_place (
    device TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    session TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    sealed BYTEA NOT NULL,
    kept_at BIGINT NOT NULL,
    told_at BIGINT NOT NULL
);
CREATE INDEX push_place_person ON push_place (person);
