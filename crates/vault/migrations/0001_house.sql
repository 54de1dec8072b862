-- The physical schema is fixed per release: a field that a designer adds is a row, never an ALTER.
-- Ids are TEXT, times epoch milliseconds, numbers BIGINT; the same text runs on SQLite and PostgreSQL.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE definition (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL,
    published_by TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (kind, name, version)
);

CREATE TABLE department (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    parent TEXT,
    position BIGINT NOT NULL
);

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    staff_no TEXT NOT NULL,
    department TEXT,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    password TEXT NOT NULL,
    totp BYTEA,
    totp_confirmed BIGINT NOT NULL,
    totp_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE person_role (
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (person, role)
);

CREATE TABLE device (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX device_person ON device (person);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    token BYTEA NOT NULL UNIQUE,
    person TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX session_person ON session (person, ended_at);

-- Everything people list is a record. `root` is the record that rights come from (itself, or the parent it follows).
CREATE TABLE record (
    id TEXT PRIMARY KEY,
    object TEXT NOT NULL,
    subject TEXT,
    parent TEXT,
    root TEXT NOT NULL,
    owner TEXT,
    department TEXT,
    pool TEXT,
    title TEXT,
    stage TEXT,
    status TEXT,
    amount BIGINT,
    next_follow_up BIGINT,
    last_follow_up BIGINT,
    owned_since BIGINT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    revision BIGINT NOT NULL,
    hold BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX record_owner ON record (object, owner, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX record_department ON record (object, department, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX record_updated ON record (object, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX record_pool ON record (object, updated_at, id) WHERE deleted_at IS NULL AND pool IS NOT NULL;
CREATE INDEX record_parent ON record (parent, object, created_at, id);
CREATE INDEX record_root ON record (root);
CREATE INDEX record_subject ON record (subject);
CREATE INDEX record_next ON record (object, owner, next_follow_up) WHERE deleted_at IS NULL;
CREATE INDEX record_through ON record (object, owner, parent) WHERE deleted_at IS NULL;

CREATE TABLE share (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    person TEXT NOT NULL,
    level TEXT NOT NULL,
    purpose TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX share_person ON share (person, record);
CREATE INDEX share_record ON share (record);

-- Keyed tokens of sealed values, for exact match and duplicates. Derived: rebuildable, destroyed with the subject.
CREATE TABLE blind (
    record TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    token BYTEA NOT NULL,
    PRIMARY KEY (record, field, kind)
);
CREATE INDEX blind_token ON blind (kind, token, object);

-- Projections of filterable and sortable fields, written in the transaction of the record.
CREATE TABLE idx_text (record TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (record, field, value));
CREATE INDEX idx_text_value ON idx_text (field, value, record);
CREATE TABLE idx_num (record TEXT NOT NULL, field TEXT NOT NULL, value BIGINT NOT NULL, PRIMARY KEY (record, field, value));
CREATE INDEX idx_num_value ON idx_num (field, value, record);
CREATE TABLE idx_time (record TEXT NOT NULL, field TEXT NOT NULL, value BIGINT NOT NULL, PRIMARY KEY (record, field, value));
CREATE INDEX idx_time_value ON idx_time (field, value, record);
CREATE TABLE idx_ref (record TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (record, field, value));
CREATE INDEX idx_ref_value ON idx_ref (field, value, record);

-- Former values, sealed under the subject's key so that destruction reaches them.
CREATE TABLE history (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    subject TEXT,
    entry TEXT NOT NULL,
    at BIGINT NOT NULL,
    person TEXT NOT NULL,
    action TEXT NOT NULL,
    revision BIGINT NOT NULL,
    changes BYTEA NOT NULL
);
CREATE INDEX history_record ON history (record, at);

-- Who looked: one row per record that was opened, revealed, exported or shared. Lists are found through their entry.
CREATE TABLE look (
    entry TEXT NOT NULL,
    record TEXT NOT NULL,
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    fields TEXT NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (record, at, entry)
);
CREATE INDEX look_person ON look (person, action, at);

-- The log. `seq` is set once, by the sequencer; triggers refuse everything else. Leaf hashes live in the tiles, apart
-- from the rows, so that a row cannot take its own hash along.
CREATE TABLE ledger_row (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    person TEXT NOT NULL,
    object TEXT NOT NULL,
    entry BYTEA NOT NULL,
    seq BIGINT
);
CREATE UNIQUE INDEX ledger_seq ON ledger_row (seq) WHERE seq IS NOT NULL;
CREATE INDEX ledger_waiting ON ledger_row (id) WHERE seq IS NULL;
CREATE INDEX ledger_action ON ledger_row (action, at);

CREATE TABLE ledger_payload (
    id TEXT PRIMARY KEY,
    salt BYTEA NOT NULL,
    body BYTEA NOT NULL
);

CREATE TABLE ledger_tile (
    level BIGINT NOT NULL,
    position BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (level, position)
);

CREATE TABLE ledger_checkpoint (
    size BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);

CREATE TABLE ledger_head (
    id BIGINT PRIMARY KEY,
    turn BIGINT NOT NULL
);
INSERT INTO ledger_head (id, turn) VALUES (1, 0);

-- Approvals: what is decided is the snapshot, by its hash.
CREATE TABLE task (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    requester TEXT NOT NULL,
    department TEXT,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    snapshot_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    comment TEXT
);
CREATE INDEX task_state ON task (state, act, created_at);

-- Rendered exports, sealed under a key that dies with the file.
CREATE TABLE export_file (
    id TEXT PRIMARY KEY,
    mark TEXT NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE certificate (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    signature TEXT NOT NULL
);
CREATE INDEX certificate_about ON certificate (about);

CREATE TABLE idempotency (
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    record TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, key)
);
