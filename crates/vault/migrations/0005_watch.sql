-- How far the alert rules have read the log. It moves in the transaction that raises what they found, so that of several
-- processes, and of a process before and after a restart, exactly one raises it.
CREATE TABLE watch (
    id BIGINT PRIMARY KEY,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL
);
INSERT INTO watch (id, turn, seq) VALUES (1, 0, -1);

-- What was raised, by the place of the row that tipped it: how the other processes hear of it.
CREATE TABLE alert_raised (
    record TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    person TEXT NOT NULL,
    department TEXT
);
CREATE INDEX alert_raised_seq ON alert_raised (seq);
