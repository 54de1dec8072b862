-- The keyring lives apart from the data: destroying a row here destroys the data in every copy of the other database.
CREATE TABLE subject_key (
    subject TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    commitment BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE keyring_setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE system_secret (
    name TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);
-- Which subjects were destroyed (their random ids say nothing), so that an older copy of the data is purged on opening.
CREATE TABLE destroyed_subject (
    subject TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
