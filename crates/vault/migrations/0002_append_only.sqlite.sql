CREATE TRIGGER ledger_row_is_kept BEFORE DELETE ON ledger_row
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_row_is_fixed BEFORE UPDATE ON ledger_row
WHEN NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.action <> OLD.action OR NEW.person <> OLD.person
  OR NEW.object <> OLD.object OR NEW.entry <> OLD.entry OR OLD.seq IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
