-- Until when a password that an administrator handed over may be used, once, to choose another; none for a password of
-- the person's own.
ALTER TABLE person ADD COLUMN password_until BIGINT;
