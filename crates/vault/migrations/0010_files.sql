-- The bytes of a file, in pieces, sealed under the key of the record's subject and destroyed with it. What the file is
-- called, its kind and its size stand in its record, like everything else that people list.
CREATE TABLE file_piece (
    record TEXT NOT NULL,
    place BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (record, place)
);
