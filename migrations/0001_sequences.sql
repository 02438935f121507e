-- Human numbers come from sequences; gaps are allowed.
CREATE SEQUENCE transaction_number;
CREATE SEQUENCE suspect_case_serial;
