-- Legal holds: which record must be kept, why, since when and until when. A hold that was lifted stays as a row.
CREATE TABLE hold (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    object TEXT NOT NULL,
    ground TEXT NOT NULL,
    note TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    lifted_by TEXT,
    lifted_at BIGINT
);
CREATE INDEX hold_record ON hold (record, lifted_at);
CREATE INDEX hold_placed ON hold (placed_at, id);

-- When somebody last worked on a subject is read for all of them at once; the index answers without the records.
DROP INDEX record_subject;
CREATE INDEX record_subject ON record (subject, object, created_at);
