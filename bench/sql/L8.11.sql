-- L8.11 fewer than five deductions on a device with at least 30 examinations
WITH used AS (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at) AS month, site_id, device_id, count(*) AS n
  FROM examination
  WHERE subject = 'subject2' AND occurred_at >= $1::date AND occurred_at < $2::date
    AND site_id IS NOT NULL AND device_id IS NOT NULL
  GROUP BY 1, 2, 3, 4
  HAVING count(*) >= 30
), deducted AS (
  SELECT left(e.unit_path, 9) AS city, date_trunc('month', e.occurred_at) AS month, e.site_id,
    coalesce(x.device_id, e.device_id) AS device_id, count(*) AS n
  FROM examination_item x
  JOIN examination e ON e.id = x.examination_id
  WHERE e.subject = 'subject2' AND x.deduction > 0
    AND e.occurred_at >= $1::date AND e.occurred_at < $2::date
  GROUP BY 1, 2, 3, 4
)
SELECT to_char(u.month, 'YYYY-MM') AS period, u.site_id::text AS site, u.device_id AS device,
  coalesce(d.n, 0)::float8 AS measured, NULL::float8 AS base, u.n AS sample, coalesce(d.n, 0) < 5 AS fired
FROM used u
LEFT JOIN deducted d USING (city, month, site_id, device_id)
