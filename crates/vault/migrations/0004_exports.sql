-- What was ordered, whole and sealed: the filter may name a telephone number. It goes when the case is settled.
CREATE TABLE export_order (
    id TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);
-- Which hidden mark was put into which export. It outlives the file, because leaks are found late.
CREATE TABLE export_mark (
    mark TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX export_mark_case ON export_mark (id);
