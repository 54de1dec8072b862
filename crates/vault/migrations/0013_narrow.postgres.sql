-- What a page of records asks of the caller's shares stands in the index.
DROP INDEX share_person;
CREATE INDEX share_person ON share (person, record, level, until, ended_at);
-- Most records have no plan and no parent; they need not be written here.
DROP INDEX record_next;
CREATE INDEX record_next ON record (object, owner, next_follow_up) WHERE deleted_at IS NULL AND next_follow_up IS NOT NULL;
DROP INDEX record_through;
CREATE INDEX record_through ON record (object, owner, parent) WHERE deleted_at IS NULL AND parent IS NOT NULL;
