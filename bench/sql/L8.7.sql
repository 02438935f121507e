-- L8.7 pass rate outside working hours more than 10 points above that within
SELECT to_char(month, 'YYYY-MM') AS period, site_id::text AS site, subject,
  100.0::float8 * passed / n AS measured, 100.0::float8 * other_passed / other_n AS base, n AS sample,
  100 * (passed * other_n - other_passed * n) > 10 * n * other_n AS fired
FROM (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at) AS month, site_id, subject,
    count(*) FILTER (WHERE NOT working_time) AS n,
    count(*) FILTER (WHERE NOT working_time AND passed) AS passed,
    count(*) FILTER (WHERE working_time) AS other_n,
    count(*) FILTER (WHERE working_time AND passed) AS other_passed
  FROM examination
  WHERE NOT full_mark
    AND occurred_at >= $1::date AND occurred_at < $2::date AND site_id IS NOT NULL
  GROUP BY 1, 2, 3, 4
) AS month
WHERE n >= 30 AND other_n >= 30
