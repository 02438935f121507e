-- Human numbers come from sequences; gaps are allowed.
CREATE SEQUENCE IF NOT EXISTS transaction_serial;
CREATE SEQUENCE IF NOT EXISTS suspect_case_serial;
