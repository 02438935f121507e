-- V2.3 plates re-issued three times or more within twelve months
WITH reissue AS (
  SELECT vehicle_id, accepted_at::date AS day
  FROM transaction
  WHERE business_kind = 'plate_replacement' AND reason = 'reissue' AND state <> 'withdrawn'
    AND accepted_at >= $1::date - interval '12 months 1 day' AND accepted_at < $2::date
    AND vehicle_id IS NOT NULL
), counted AS (
  SELECT vehicle_id, day, count(*) OVER year_before AS n
  FROM reissue
  WINDOW year_before AS (PARTITION BY vehicle_id ORDER BY day + 1
    RANGE BETWEEN interval '12 months -1 day' PRECEDING AND CURRENT ROW)
)
SELECT DISTINCT ON (vehicle_id) day::text AS period, vehicle_id::text AS vehicle,
  n::float8 AS measured, NULL::float8 AS base, n AS sample, n >= 3 AS fired
FROM counted
WHERE day >= $1::date
ORDER BY vehicle_id, n DESC, day DESC
