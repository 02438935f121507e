-- V8.1 inspections of one other place more than 10 % above the month before
WITH cell AS (
  SELECT left(i.unit_path, 9) AS city, i.institution_id, left(i.origin_region, 4) AS origin,
    date_trunc('month', i.occurred_at)::date AS month, count(*) AS n
  FROM inspection i
  JOIN local_region l ON l.city = left(i.unit_path, 9)
  WHERE i.attempt = 1 AND NOT i.origin_region ^@ ANY (l.prefixes)
    AND i.occurred_at >= $1::date - interval '1 month' AND i.occurred_at < $2::date
    AND i.institution_id IS NOT NULL
  GROUP BY 1, 2, 3, 4
)
SELECT to_char(c.month, 'YYYY-MM') AS period, c.institution_id::text AS institution, c.origin,
  c.n::float8 AS measured, p.n::float8 AS base, c.n AS sample, 100 * (c.n - p.n) > 10 * p.n AS fired
FROM cell c
JOIN cell p USING (city, institution_id, origin)
WHERE p.month = c.month - interval '1 month' AND c.month >= $1::date
