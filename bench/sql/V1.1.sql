-- V1.1 temporary plates of a unit more than 30 % above its monthly average of last year (months with plates)
WITH cell AS (
  SELECT left(unit_path, 9) AS city, unit_id, date_trunc('month', issued_at)::date AS month, count(*) AS n
  FROM temporary_plate
  WHERE issued_at >= date_trunc('year', $1::date) - interval '1 year' AND issued_at < $2::date
  GROUP BY 1, 2, 3
), year AS (
  SELECT city, unit_id, extract(year FROM month) AS year, sum(n) AS n, count(*) AS months
  FROM cell GROUP BY 1, 2, 3
)
SELECT to_char(c.month, 'YYYY-MM') AS period, c.unit_id::text AS unit,
  c.n::float8 AS measured, y.n::float8 / y.months AS base, c.n AS sample,
  100 * (c.n * y.months - y.n) > 30 * y.n AS fired
FROM cell c
JOIN year y ON y.city = c.city AND y.unit_id = c.unit_id AND y.year = extract(year FROM c.month) - 1
WHERE c.month >= $1::date
