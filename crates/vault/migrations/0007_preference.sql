-- What people arrange for themselves: saved views, columns, what they have seen. Sealed, because people give their views
-- names. No key leads from here to a customer; it is never joined.
CREATE TABLE preference (
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (person, name)
);
