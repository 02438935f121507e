-- L2.1 more than 30 % of a unit's validations are for licences of other places
SELECT to_char(date_trunc('month', at), 'YYYY-MM') AS period, unit_id::text AS unit,
  100.0::float8 * count(*) FILTER (WHERE elsewhere) / count(*) AS measured, NULL::float8 AS base,
  count(*) AS sample, 100 * count(*) FILTER (WHERE elsewhere) > 30 * count(*) AS fired
FROM validation
WHERE at >= $1::date AND at < $2::date
GROUP BY left(unit_path, 9), 1, 2
HAVING count(*) >= 30
