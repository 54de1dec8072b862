-- The seed of a second factor that is to take the place of the one in force. That one stays in force until a code of each
-- was given in the same request, so that an account is never without one in between.
ALTER TABLE person ADD COLUMN totp_next BYTEA;
