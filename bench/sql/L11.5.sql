-- L11.5 more than 10 % of a site's candidates in full-mark subject-1 exams come from elsewhere
WITH cell AS (
  SELECT date_trunc('month', occurred_at) AS month, site_id,
    count(DISTINCT candidate_id) FILTER (WHERE NOT local) AS away, count(DISTINCT candidate_id) AS n
  FROM examination
  WHERE full_mark AND subject = 'subject1' AND site_id IS NOT NULL
    AND occurred_at >= $1::date AND occurred_at < $2::date
  GROUP BY left(unit_path, 9), 1, 2
)
SELECT to_char(month, 'YYYY-MM') AS period, site_id::text AS site,
  100.0::float8 * away / n AS measured, NULL::float8 AS base, n AS sample, 100 * away > 10 * n AS fired
FROM cell
WHERE n >= 30
