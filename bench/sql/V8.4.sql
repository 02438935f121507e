-- V8.4 inspections more than 10 % above the average of the city's other institutions
WITH cell AS (
  SELECT left(unit_path, 9) AS city, institution_id, date_trunc('month', occurred_at)::date AS month,
    count(*) FILTER (WHERE attempt = 1) AS n
  FROM inspection
  WHERE occurred_at >= $1::date AND occurred_at < $2::date AND institution_id IS NOT NULL
  GROUP BY 1, 2, 3
), compared AS (
  SELECT *, sum(n) OVER w - n AS others, count(*) OVER w - 1 AS other_institutions
  FROM cell
  WINDOW w AS (PARTITION BY city, month)
)
SELECT to_char(month, 'YYYY-MM') AS period, institution_id::text AS institution,
  n::float8 AS measured, others::float8 / other_institutions AS base, n AS sample,
  100 * (n * other_institutions - others) > 10 * others AS fired
FROM compared
WHERE n > 0 AND other_institutions > 0 AND others > 0
