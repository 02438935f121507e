-- L6.1 licence not made within a working day after the safety test was passed
WITH issued AS (
  SELECT t.person_id, s.done_at
  FROM transaction t
  JOIN transaction_step s ON s.transaction_id = t.id AND s.step = 'issue'
  WHERE t.business_kind IN ('first_licence', 'added_class') AND t.state <> 'withdrawn'
), passed AS (
  SELECT e.id, e.candidate_id, e.ended_at::date AS day, min(i.done_at)::date AS made
  FROM examination e
  LEFT JOIN issued i ON i.person_id = e.candidate_id AND i.done_at >= e.ended_at
  WHERE e.subject = 'subject3_safety' AND e.passed AND NOT e.full_mark AND e.ended_at >= $1::date - 120 AND e.ended_at < $2::date
    AND e.candidate_id IS NOT NULL
  GROUP BY 1, 2, 3
)
SELECT due.day::text AS period, p.candidate_id::text AS candidate, p.id::text AS examination,
  (ended.ordinal - started.ordinal)::float8 AS measured, NULL::float8 AS base, 1 AS sample, true AS fired
FROM passed p
JOIN working_day started ON started.day = p.day
JOIN working_day due ON due.working AND due.ordinal = started.ordinal + 2
JOIN working_day ended ON ended.day = least(coalesce(p.made, $2::date - 1), $2::date - 1)
WHERE due.day >= $1::date AND due.day < $2::date AND ended.ordinal - started.ordinal > 1
