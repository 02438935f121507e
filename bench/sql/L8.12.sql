-- L8.12 more than three candidates on one device at one moment
WITH sitting AS (
  SELECT left(unit_path, 9) AS city, site_id, device_id, candidate_id,
    tsrange(greatest(started_at, $1::date), ended_at) AS span
  FROM examination
  WHERE subject = 'subject2' AND device_id IS NOT NULL AND device_id IS NOT NULL AND candidate_id IS NOT NULL
    AND site_id IS NOT NULL AND started_at < ended_at AND started_at < $2::date AND ended_at > $1::date
), merged AS (
  SELECT city, site_id, device_id, count(*) AS sittings, range_agg(span) AS spans
  FROM sitting
  GROUP BY city, site_id, device_id, candidate_id
), span AS (
  SELECT city, site_id, device_id, unnest(spans) AS span FROM merged
), edge AS (
  SELECT city, site_id, device_id, lower(span) AS moment, 1 AS step FROM span
  UNION ALL
  SELECT city, site_id, device_id, upper(span), -1 FROM span
), level AS (
  SELECT city, site_id, device_id,
    sum(step) OVER (PARTITION BY city, site_id, device_id ORDER BY moment, step
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n
  FROM edge
), peak AS (
  SELECT city, site_id, device_id, max(n) AS n FROM level GROUP BY 1, 2, 3
), size AS (
  SELECT city, site_id, device_id, sum(sittings) AS sittings FROM merged GROUP BY 1, 2, 3
)
SELECT $1::date::text || '..' || ($2::date - 1)::text AS period, site_id::text AS site, device_id::text AS device,
  n::float8 AS measured, NULL::float8 AS base, sittings AS sample, n > 3 AS fired
FROM peak
JOIN size USING (city, site_id, device_id)
