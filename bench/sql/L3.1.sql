-- L3.1 more than 3 % of a handler's licence business of the day is done outside working hours
WITH day AS (
  SELECT left(unit_path, 9) AS city, accepted_at::date AS day, handler_id, count(*) AS n,
    count(*) FILTER (WHERE NOT working_time
      AND (business_kind IN ('licence_replacement', 'licence_exchange', 'validation')
        OR business_kind = 'information_change' AND reason = 'mobile')) AS late
  FROM transaction
  WHERE accepted_at >= $1::date AND accepted_at < $2::date
    AND subject_kind = 'licence' AND state <> 'withdrawn' AND handler_id IS NOT NULL
  GROUP BY 1, 2, 3
)
SELECT to_char(day, 'YYYY-MM-DD') AS period, handler_id::text AS handler,
  100.0::float8 * late / n AS measured, NULL::float8 AS base, n AS sample, 100 * late > 3 * n AS fired
FROM day
WHERE n >= 30
