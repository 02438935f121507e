-- V8.5 first-test pass rate above 80 %
SELECT to_char(month, 'YYYY-MM') AS period, institution_id::text AS institution,
  100.0::float8 * passed / n AS measured, NULL::float8 AS base, n AS sample, 100 * passed > 80 * n AS fired
FROM (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at) AS month, institution_id,
    count(*) FILTER (WHERE passed) AS passed, count(*) AS n
  FROM inspection
  WHERE occurred_at >= $1::date AND occurred_at < $2::date
    AND attempt = 1 AND institution_id IS NOT NULL
  GROUP BY 1, 2, 3
  HAVING count(*) >= 30
) AS month
