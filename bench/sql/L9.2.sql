-- L9.2 pass rate of a school more than 10 points above the month before
WITH cell AS (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at)::date AS month, school_id, subject,
    count(*) FILTER (WHERE passed) AS passed, count(*) AS n
  FROM examination
  WHERE occurred_at >= $1::date - interval '1 month' AND occurred_at < $2::date
    AND NOT full_mark AND school_id IS NOT NULL
  GROUP BY 1, 2, 3, 4
  HAVING count(*) >= 30
)
SELECT to_char(c.month, 'YYYY-MM') AS period, c.school_id::text AS school, c.subject,
  100.0::float8 * c.passed / c.n AS measured, 100.0::float8 * p.passed / p.n AS base, c.n AS sample,
  100 * (c.passed * p.n - p.passed * c.n) > 10 * c.n * p.n AS fired
FROM cell c
JOIN cell p USING (city, school_id, subject)
WHERE p.month = c.month - interval '1 month' AND c.month >= $1::date
