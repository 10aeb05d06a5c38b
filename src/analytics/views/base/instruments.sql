-- instruments: reference data of every symbol that an account holds or held, as last known, one row each.
CREATE OR REPLACE VIEW instruments AS
SELECT * FROM instrument_changes FINAL;
