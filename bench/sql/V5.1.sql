-- V5.1 an individual with more than ten automobiles registers another
WITH registration AS (
  SELECT id, person_id, vehicle_id, accepted_at
  FROM transaction
  WHERE business_kind = 'registration' AND state <> 'withdrawn' AND person_id IS NOT NULL
    AND accepted_at >= $1::date AND accepted_at < $2::date
), garage AS (
  SELECT r.id, count(DISTINCT o.vehicle_id) AS n
  FROM registration r
  JOIN vehicle_owner o ON o.person_id = r.person_id AND NOT o.co_owner AND o.vehicle_id <> r.vehicle_id
    AND o."from" <= r.accepted_at AND (o."to" IS NULL OR o."to" > r.accepted_at)
  JOIN vehicle v ON v.id = o.vehicle_id AND left(v.vehicle_type, 1) IN ('D', 'H', 'K', 'N', 'Q', 'Z')
  GROUP BY 1
)
SELECT r.accepted_at::date::text AS period, r.person_id::text AS person,
  max(coalesce(g.n, 0))::float8 AS measured, NULL::float8 AS base, count(*) AS sample,
  max(coalesce(g.n, 0)) > 10 AS fired
FROM registration r
LEFT JOIN garage g ON g.id = r.id
GROUP BY 1, 2
