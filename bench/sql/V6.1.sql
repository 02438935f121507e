-- V6.1 fields that matter corrected in the file of a vehicle
SELECT at::date::text AS period, target::text AS vehicle,
  count(*)::float8 AS measured, NULL::float8 AS base, count(*) AS sample, count(*) >= 1 AS fired
FROM correction
WHERE target_kind = 'vehicle' AND at >= $1::date AND at < $2::date
  AND field IN ('vin', 'engine_number', 'rated_load', 'rated_passengers', 'owner', 'scrap_on')
GROUP BY 1, 2
