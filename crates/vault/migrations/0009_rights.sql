-- A customer's secret links. Neither the secret nor the code can be read from here; the row outlives an erasure, so that
-- whoever asked for it can see that it was done.
CREATE TABLE customer_link (
    id TEXT PRIMARY KEY,
    token BYTEA NOT NULL UNIQUE,
    code BYTEA NOT NULL,
    customer TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    opened BIGINT NOT NULL,
    last_opened_at BIGINT,
    failures BIGINT NOT NULL
);
CREATE INDEX customer_link_customer ON customer_link (customer, made_at);

-- What belongs to a request of a customer in words or as a file, sealed under their key and destroyed with it.
CREATE TABLE rights_paper (
    request TEXT NOT NULL,
    part TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    size BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (request, part)
);
CREATE INDEX rights_paper_subject ON rights_paper (subject);
