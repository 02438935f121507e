-- V8.10 key-vehicle inspections passed at their first audit above 80 %
SELECT to_char(month, 'YYYY-MM') AS period, auditor_id::text AS auditor,
  100.0::float8 * passed / n AS measured, NULL::float8 AS base, n AS sample, 100 * passed > 80 * n AS fired
FROM (
  SELECT left(unit_path, 9) AS city, date_trunc('month', audited_at) AS month, auditor_id,
    count(*) FILTER (WHERE first_audit_passed) AS passed, count(*) AS n
  FROM inspection
  WHERE audited_at >= $1::date AND audited_at < $2::date
    AND key_vehicle AND first_audit_passed IS NOT NULL AND auditor_id IS NOT NULL
  GROUP BY 1, 2, 3
  HAVING count(*) >= 30
) AS month
