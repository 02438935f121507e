-- L10.1 pass rate of an examiner more than 10 points above the city
WITH cell AS (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at) AS month, examiner_id, subject,
    count(*) FILTER (WHERE passed) AS passed, count(*) AS n
  FROM examination
  WHERE occurred_at >= $1::date AND occurred_at < $2::date AND NOT full_mark
  GROUP BY 1, 2, 3, 4
), compared AS (
  SELECT *, sum(passed) OVER w AS all_passed, sum(n) OVER w AS all_n
  FROM cell
  WINDOW w AS (PARTITION BY city, month, subject)
)
SELECT to_char(month, 'YYYY-MM') AS period, examiner_id::text AS examiner, subject,
  100.0::float8 * passed / n AS measured, 100.0::float8 * all_passed / all_n AS base, n AS sample,
  100 * (passed * all_n - all_passed * n) > 10 * n * all_n AS fired
FROM compared
WHERE n >= 30 AND all_n >= 30 AND examiner_id IS NOT NULL
