-- V4.1 a number selected, its transaction withdrawn, and business on the vehicle accepted anew
WITH anew AS (
  SELECT t.vehicle_id, t.accepted_at::date AS day, s.id AS selection
  FROM number_selection s
  JOIN transaction t ON t.vehicle_id = s.vehicle_id AND t.accepted_at >= s.withdrawn_at
    AND t.id IS DISTINCT FROM s.transaction_id
  WHERE t.business_kind IN ('registration', 'transfer_registration', 'change_registration', 'vehicle_transfer_in')
    AND t.accepted_at < $2::date
), until AS (
  SELECT e.vehicle_id, e.day, count(DISTINCT a.selection) AS n, count(*) AS sample
  FROM (SELECT DISTINCT vehicle_id, day FROM anew WHERE day >= $1::date) e
  JOIN anew a ON a.vehicle_id = e.vehicle_id AND a.day <= e.day
  GROUP BY 1, 2
)
SELECT DISTINCT ON (vehicle_id) day::text AS period, vehicle_id::text AS vehicle,
  n::float8 AS measured, NULL::float8 AS base, sample, n >= 1 AS fired
FROM until
ORDER BY vehicle_id, n DESC, day DESC
