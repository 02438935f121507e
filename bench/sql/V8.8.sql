-- V8.8 pass rate of brake or lamp items 90 % or more
SELECT to_char(month, 'YYYY-MM') AS period, institution_id::text AS institution, item,
  100.0::float8 * passed / n AS measured, NULL::float8 AS base, n AS sample, 100 * passed >= 90 * n AS fired
FROM (
  SELECT left(x.unit_path, 9) AS city, date_trunc('month', x.occurred_at) AS month, i.institution_id, x.item,
    count(*) FILTER (WHERE x.passed) AS passed, count(*) AS n
  FROM inspection_item x
  JOIN inspection i ON i.id = x.inspection_id
  WHERE x.item IN ('brake', 'lamp') AND x.occurred_at >= $1::date AND x.occurred_at < $2::date
    AND i.institution_id IS NOT NULL
  GROUP BY 1, 2, 3, 4
  HAVING count(*) >= 30
) AS month
