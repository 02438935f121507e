-- V8.3 more than three vehicles of one owner and model on one day
SELECT to_char(day, 'YYYY-MM-DD') AS period, institution_id::text AS institution, owner, model,
  n::float8 AS measured, NULL::float8 AS base, rows AS sample, n > 3 AS fired
FROM (
  SELECT left(unit_path, 9) AS city, occurred_at::date AS day, institution_id, owner, model,
    count(DISTINCT vehicle_id) AS n, count(*) AS rows
  FROM inspection
  WHERE occurred_at >= $1::date AND occurred_at < $2::date
    AND institution_id IS NOT NULL AND owner IS NOT NULL AND model IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
) AS day
