CREATE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.action = OLD.action
       AND NEW.person = OLD.person AND NEW.object = OLD.object AND NEW.entry = OLD.entry THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger only grows';
END $body$;
CREATE TRIGGER ledger_row_only_grows BEFORE UPDATE OR DELETE ON ledger_row
FOR EACH ROW EXECUTE FUNCTION ledger_only_grows();
