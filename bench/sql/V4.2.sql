-- V4.2 an original number used again whose former owner had himself taken the place of another
WITH used AS (
  SELECT s.vehicle_id, s.selected_at::date AS day, s.id
  FROM number_selection s
  JOIN transaction t ON t.id = s.transaction_id
  JOIN vehicle_owner u ON u.vehicle_id = s.former_vehicle_id AND NOT u.co_owner AND u."from" < s.selected_at
    AND coalesce(u.person_id, u.organisation_id) = coalesce(t.person_id, t.organisation_id)
  WHERE s.original_number AND s.selected_at < $2::date AND s.vehicle_id IS NOT NULL
    AND EXISTS (
      SELECT FROM vehicle_owner e
      WHERE e.vehicle_id = s.former_vehicle_id AND NOT e.co_owner AND e."from" < u."from"
        AND coalesce(e.person_id, e.organisation_id) <> coalesce(t.person_id, t.organisation_id)
    )
), until AS (
  SELECT e.vehicle_id, e.day, count(DISTINCT a.id) AS n, count(*) AS sample
  FROM (SELECT DISTINCT vehicle_id, day FROM used WHERE day >= $1::date) e
  JOIN used a ON a.vehicle_id = e.vehicle_id AND a.day <= e.day
  GROUP BY 1, 2
)
SELECT DISTINCT ON (vehicle_id) day::text AS period, vehicle_id::text AS vehicle,
  n::float8 AS measured, NULL::float8 AS base, sample, n >= 1 AS fired
FROM until
ORDER BY vehicle_id, n DESC, day DESC
