-- L4.1 the licence transactions a handler amended on a day are 3 % or more of those accepted by him that day
WITH accepted AS (
  SELECT left(unit_path, 9) AS city, accepted_at::date AS day, handler_id, count(*) AS n
  FROM transaction
  WHERE accepted_at >= $1::date AND accepted_at < $2::date
    AND subject_kind = 'licence' AND handler_id IS NOT NULL
  GROUP BY 1, 2, 3
  HAVING count(*) >= 30
), amended AS (
  SELECT left(a.unit_path, 9) AS city, a.at::date AS day, a.operator_id, count(DISTINCT a.transaction_id) AS n
  FROM amendment a
  JOIN transaction t ON t.id = a.transaction_id AND t.subject_kind = 'licence'
  WHERE a.at >= $1::date AND a.at < $2::date
  GROUP BY 1, 2, 3
)
SELECT to_char(c.day, 'YYYY-MM-DD') AS period, c.handler_id::text AS handler,
  100.0::float8 * coalesce(a.n, 0) / c.n AS measured, NULL::float8 AS base, c.n AS sample,
  100 * coalesce(a.n, 0) >= 3 * c.n AS fired
FROM accepted c
LEFT JOIN amended a ON a.city = c.city AND a.day = c.day AND a.operator_id = c.handler_id
