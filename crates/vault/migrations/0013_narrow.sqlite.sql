-- What a page of records asks of the caller's shares stands in the index.
DROP INDEX share_person;
CREATE INDEX share_person ON share (person, record, level, until, ended_at);
-- Most records have no plan and no parent; they need not be written here.
DROP INDEX record_next;
CREATE INDEX record_next ON record (object, owner, next_follow_up) WHERE deleted_at IS NULL AND next_follow_up IS NOT NULL;
DROP INDEX record_through;
CREATE INDEX record_through ON record (object, owner, parent) WHERE deleted_at IS NULL AND parent IS NOT NULL;
-- Every page that a change touches is encrypted and hashed. What is always found by its key lies in the order of the key,
-- instead of in a tree of rows with the key in another.
CREATE TABLE narrow_text (record TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (record, field, value)) WITHOUT ROWID;
INSERT INTO narrow_text SELECT record, field, value FROM idx_text;
DROP TABLE idx_text;
ALTER TABLE narrow_text RENAME TO idx_text;
CREATE INDEX idx_text_value ON idx_text (field, value, record);
CREATE TABLE narrow_num (record TEXT NOT NULL, field TEXT NOT NULL, value BIGINT NOT NULL, PRIMARY KEY (record, field, value)) WITHOUT ROWID;
INSERT INTO narrow_num SELECT record, field, value FROM idx_num;
DROP TABLE idx_num;
ALTER TABLE narrow_num RENAME TO idx_num;
CREATE INDEX idx_num_value ON idx_num (field, value, record);
CREATE TABLE narrow_time (record TEXT NOT NULL, field TEXT NOT NULL, value BIGINT NOT NULL, PRIMARY KEY (record, field, value)) WITHOUT ROWID;
INSERT INTO narrow_time SELECT record, field, value FROM idx_time;
DROP TABLE idx_time;
ALTER TABLE narrow_time RENAME TO idx_time;
CREATE INDEX idx_time_value ON idx_time (field, value, record);
CREATE TABLE narrow_ref (record TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (record, field, value)) WITHOUT ROWID;
INSERT INTO narrow_ref SELECT record, field, value FROM idx_ref;
DROP TABLE idx_ref;
ALTER TABLE narrow_ref RENAME TO idx_ref;
CREATE INDEX idx_ref_value ON idx_ref (field, value, record);
CREATE TABLE narrow_blind (record TEXT NOT NULL, field TEXT NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL, token BYTEA NOT NULL, PRIMARY KEY (record, field, kind)) WITHOUT ROWID;
INSERT INTO narrow_blind SELECT record, field, kind, object, token FROM blind;
DROP TABLE blind;
ALTER TABLE narrow_blind RENAME TO blind;
CREATE INDEX blind_token ON blind (kind, token, object);
CREATE TABLE narrow_look (entry TEXT NOT NULL, record TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL, action TEXT NOT NULL, fields TEXT NOT NULL, purpose TEXT NOT NULL, PRIMARY KEY (record, at, entry)) WITHOUT ROWID;
INSERT INTO narrow_look SELECT entry, record, person, at, action, fields, purpose FROM look;
DROP TABLE look;
ALTER TABLE narrow_look RENAME TO look;
CREATE INDEX look_person ON look (person, action, at);
CREATE TABLE narrow_history (id TEXT NOT NULL, record TEXT NOT NULL, subject TEXT, entry TEXT NOT NULL, at BIGINT NOT NULL, person TEXT NOT NULL, action TEXT NOT NULL, revision BIGINT NOT NULL, changes BYTEA NOT NULL, PRIMARY KEY (record, at, id)) WITHOUT ROWID;
INSERT INTO narrow_history SELECT id, record, subject, entry, at, person, action, revision, changes FROM history;
DROP TABLE history;
ALTER TABLE narrow_history RENAME TO history;
