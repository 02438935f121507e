-- V7.1 vehicles from elsewhere scrapped in the city more than 10 % above the monthly average of last year
WITH cell AS (
  SELECT left(t.unit_path, 9) AS city, date_trunc('month', t.completed_at)::date AS month,
    count(*) FILTER (WHERE NOT t.origin_region ^@ ANY (l.prefixes)) AS n
  FROM transaction t
  LEFT JOIN local_region l ON l.city = left(t.unit_path, 9)
  WHERE t.business_kind = 'deregistration' AND t.reason = 'scrap' AND t.state = 'completed'
    AND t.completed_at >= date_trunc('year', $1::date) - interval '1 year' AND t.completed_at < $2::date
  GROUP BY 1, 2
), year AS (
  SELECT city, extract(year FROM month) AS year, sum(n) AS n, count(*) AS months FROM cell GROUP BY 1, 2
)
SELECT to_char(c.month, 'YYYY-MM') AS period, c.city,
  c.n::float8 AS measured, y.n::float8 / y.months AS base, c.n AS sample,
  100 * (c.n * y.months - y.n) > 10 * y.n AS fired
FROM cell c
JOIN year y ON y.city = c.city AND y.year = extract(year FROM c.month) - 1
WHERE c.month >= $1::date AND c.n > 0 AND y.n > 0
