-- What becomes of each record in a handover. A table and not a field of the case: a leaver may own many thousands, each
-- is settled in the transaction that moves it, and a run that was cut short goes on from what is still waiting.
CREATE TABLE handover_item (
    handover TEXT NOT NULL,
    record TEXT NOT NULL,
    object TEXT NOT NULL,
    heir TEXT,
    why TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (handover, record)
);
CREATE INDEX handover_item_state ON handover_item (handover, state, object, record);
