-- A filter over one's own records asks each whether it is deleted. SQLite does not learn that from the index's condition
-- and would read every record for it; with the column at the end of the index it does not.
DROP INDEX record_owner;
CREATE INDEX record_owner ON record (object, owner, updated_at, id, deleted_at) WHERE deleted_at IS NULL;
DROP INDEX record_department;
CREATE INDEX record_department ON record (object, department, updated_at, id, deleted_at) WHERE deleted_at IS NULL;
