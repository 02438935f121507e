-- L5.1 licence replaced twice or more within a month
WITH replaced AS (
  SELECT person_id, accepted_at::date AS day
  FROM transaction
  WHERE business_kind = 'licence_replacement' AND state <> 'withdrawn' AND person_id IS NOT NULL
    AND accepted_at >= $1::date - interval '1 month 1 day' AND accepted_at < $2::date
), counted AS (
  SELECT person_id, day, count(*) OVER month_before AS n
  FROM replaced
  WINDOW month_before AS (PARTITION BY person_id ORDER BY day + 1
    RANGE BETWEEN interval '1 month -1 day' PRECEDING AND CURRENT ROW)
)
SELECT DISTINCT ON (person_id) day::text AS period, person_id::text AS person,
  n::float8 AS measured, NULL::float8 AS base, n AS sample, n >= 2 AS fired
FROM counted
WHERE day >= $1::date
ORDER BY person_id, n DESC, day DESC
