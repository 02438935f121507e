-- V2.2 plates of one organisation and model re-issued twice or more within twelve months
WITH reissue AS (
  SELECT o.organisation_id, v.model, t.accepted_at::date AS day
  FROM transaction t
  JOIN vehicle v ON v.id = t.vehicle_id
  JOIN vehicle_owner o ON o.vehicle_id = t.vehicle_id AND NOT o.co_owner
    AND o."from" <= t.accepted_at AND (o."to" IS NULL OR o."to" > t.accepted_at)
  WHERE t.business_kind = 'plate_replacement' AND t.reason = 'reissue' AND t.state <> 'withdrawn'
    AND t.accepted_at >= $1::date - interval '12 months 1 day' AND t.accepted_at < $2::date
    AND o.organisation_id IS NOT NULL AND v.model IS NOT NULL
), counted AS (
  SELECT organisation_id, model, day, count(*) OVER year_before AS n
  FROM reissue
  WINDOW year_before AS (PARTITION BY organisation_id, model ORDER BY day + 1
    RANGE BETWEEN interval '12 months -1 day' PRECEDING AND CURRENT ROW)
)
SELECT DISTINCT ON (organisation_id, model) day::text AS period, organisation_id::text AS organisation, model,
  n::float8 AS measured, NULL::float8 AS base, n AS sample, n >= 2 AS fired
FROM counted
WHERE day >= $1::date
ORDER BY organisation_id, model, n DESC, day DESC
