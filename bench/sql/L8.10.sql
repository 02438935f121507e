-- L8.10 more than three misjudgements of one candidate in a month
SELECT to_char(month, 'YYYY-MM') AS period, candidate_id::text AS candidate,
  n::float8 AS measured, NULL::float8 AS base, n AS sample, n > 3 AS fired
FROM (
  SELECT date_trunc('month', e.occurred_at) AS month, e.candidate_id, count(*) AS n
  FROM examination_item x
  JOIN examination e ON e.id = x.examination_id
  WHERE x.misjudged AND e.subject IN ('subject2', 'subject3_road')
    AND e.occurred_at >= $1::date AND e.occurred_at < $2::date AND e.candidate_id IS NOT NULL
  GROUP BY 1, 2
) AS month
