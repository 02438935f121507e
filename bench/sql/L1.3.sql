-- L1.3 more than 20 persons transferred out within three months after their first licence was made, by the unit that made it
SELECT to_char(date_trunc('month', x.at), 'YYYY-MM') AS period, t.unit_id::text AS unit,
  count(DISTINCT t.person_id)::float8 AS measured, NULL::float8 AS base, count(*) AS sample,
  count(DISTINCT t.person_id) > 20 AS fired
FROM licence_transfer x
JOIN transaction t ON t.person_id = x.person_id AND t.business_kind = 'first_licence'
  AND t.completed_at <= x.at AND x.at < t.completed_at + interval '3 months'
WHERE x.direction = 'out' AND x.at >= $1::date AND x.at < $2::date
GROUP BY left(t.unit_path, 9), 1, 2
