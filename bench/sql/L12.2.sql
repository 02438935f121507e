-- L12.2 share of examinations of candidates from elsewhere more than 10 points above the same month last year
WITH cell AS (
  SELECT date_trunc('month', occurred_at)::date AS month, unit_id, subject,
    count(*) FILTER (WHERE NOT local) AS away, count(*) AS n
  FROM examination
  WHERE NOT full_mark AND occurred_at >= $1::date - interval '1 year' AND occurred_at < $2::date
  GROUP BY left(unit_path, 9), 1, 2, 3
)
SELECT to_char(c.month, 'YYYY-MM') AS period, c.unit_id::text AS unit, c.subject,
  100.0::float8 * c.away / c.n AS measured, 100.0::float8 * b.away / b.n AS base, c.n AS sample,
  100 * (c.away * b.n - b.away * c.n) > 10 * c.n * b.n AS fired
FROM cell c
JOIN cell b ON b.unit_id = c.unit_id AND b.subject = c.subject AND b.month = c.month - interval '1 year'
WHERE c.month >= $1::date AND c.n >= 30 AND b.n >= 30
