-- L8.3 make-ups after a first score below 85 passed above 50 %
SELECT to_char(month, 'YYYY-MM') AS period, site_id::text AS site,
  100.0::float8 * passed / n AS measured, NULL::float8 AS base, n AS sample, 100 * passed > 50 * n AS fired
FROM (
  SELECT left(e.unit_path, 9) AS city, date_trunc('month', e.occurred_at) AS month, e.site_id,
    count(*) FILTER (WHERE e.passed) AS passed, count(*) AS n
  FROM examination e
  CROSS JOIN LATERAL (
    SELECT f.score
    FROM examination f
    WHERE f.candidate_id = e.candidate_id AND f.subject = 'subject1' AND NOT f.full_mark AND NOT f.make_up
      AND f.started_at < e.started_at
    ORDER BY f.started_at DESC
    LIMIT 1
  ) AS first
  WHERE e.subject = 'subject1' AND NOT e.full_mark AND e.make_up AND first.score < 85
    AND e.occurred_at >= $1::date AND e.occurred_at < $2::date AND e.site_id IS NOT NULL
  GROUP BY 1, 2, 3
  HAVING count(*) >= 30
) AS month
