-- L8.9 misjudgements above 50 % of the examinations of subject 2 or the road test
WITH examined AS (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at) AS month, site_id, subject, count(*) AS n
  FROM examination
  WHERE subject IN ('subject2', 'subject3_road')
    AND occurred_at >= $1::date AND occurred_at < $2::date AND site_id IS NOT NULL
  GROUP BY 1, 2, 3, 4
  HAVING count(*) >= 30
), misjudged AS (
  SELECT left(e.unit_path, 9) AS city, date_trunc('month', e.occurred_at) AS month, e.site_id, e.subject, count(*) AS n
  FROM examination_item x
  JOIN examination e ON e.id = x.examination_id
  WHERE x.misjudged AND e.subject IN ('subject2', 'subject3_road')
    AND e.occurred_at >= $1::date AND e.occurred_at < $2::date
  GROUP BY 1, 2, 3, 4
)
SELECT to_char(e.month, 'YYYY-MM') AS period, e.site_id::text AS site, e.subject,
  100.0::float8 * coalesce(m.n, 0) / e.n AS measured, NULL::float8 AS base, e.n AS sample,
  100 * coalesce(m.n, 0) > 50 * e.n AS fired
FROM examined e
LEFT JOIN misjudged m USING (city, month, site_id, subject)
