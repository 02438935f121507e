-- L7.1 ID number and name of a driver corrected at once, or the class, or the validity
SELECT c.at::date::text AS period, c.target::text AS person,
  count(DISTINCT c.at)::float8 AS measured, NULL::float8 AS base, count(*) AS sample, true AS fired
FROM correction c
WHERE c.target_kind = 'person' AND c.at >= $1::date AND c.at < $2::date
  AND (c.field IN ('class', 'validity')
    OR c.field IN ('id_number', 'name') AND EXISTS (
      SELECT FROM correction b
      WHERE b.target_kind = 'person' AND b.target = c.target AND b.at = c.at
        AND b.field = CASE c.field WHEN 'name' THEN 'id_number' ELSE 'name' END))
GROUP BY left(c.unit_path, 9), c.at::date, c.target
