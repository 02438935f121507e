-- V8.2 non-local vehicles more than 10 % above the city's monthly average per institution of last year
WITH cell AS (
  SELECT left(i.unit_path, 9) AS city, i.institution_id, date_trunc('month', i.occurred_at)::date AS month,
    count(*) FILTER (WHERE i.attempt = 1 AND NOT i.origin_region ^@ ANY (l.prefixes)) AS n
  FROM inspection i
  LEFT JOIN local_region l ON l.city = left(i.unit_path, 9)
  WHERE i.occurred_at >= date_trunc('year', $1::date) - interval '1 year' AND i.occurred_at < $2::date
    AND i.institution_id IS NOT NULL
  GROUP BY 1, 2, 3
), year AS (
  SELECT city, extract(year FROM month) AS year, sum(n) AS n, count(DISTINCT institution_id) AS institutions
  FROM cell GROUP BY 1, 2
)
SELECT to_char(c.month, 'YYYY-MM') AS period, c.institution_id::text AS institution,
  c.n::float8 AS measured, y.n::float8 / (12 * y.institutions) AS base, c.n AS sample,
  100 * (c.n * 12 * y.institutions - y.n) > 10 * y.n AS fired
FROM cell c
JOIN year y ON y.city = c.city AND y.year = extract(year FROM c.month) - 1
WHERE c.month >= $1::date AND c.n > 0 AND y.n > 0
