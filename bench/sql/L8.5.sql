-- L8.5 road-test make-up pass rate more than 10 points above that of other tests
SELECT to_char(month, 'YYYY-MM') AS period, site_id::text AS site,
  100.0::float8 * passed / n AS measured, 100.0::float8 * other_passed / other_n AS base, n AS sample,
  100 * (passed * other_n - other_passed * n) > 10 * n * other_n AS fired
FROM (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at) AS month, site_id,
    count(*) FILTER (WHERE make_up) AS n,
    count(*) FILTER (WHERE make_up AND passed) AS passed,
    count(*) FILTER (WHERE NOT make_up) AS other_n,
    count(*) FILTER (WHERE NOT make_up AND passed) AS other_passed
  FROM examination
  WHERE subject = 'subject3_road' AND NOT full_mark
    AND occurred_at >= $1::date AND occurred_at < $2::date AND site_id IS NOT NULL
  GROUP BY 1, 2, 3
) AS month
WHERE n >= 30 AND other_n >= 30
