-- L6.2 not archived within two working days after the driving licence was made
WITH archived AS (
  SELECT transaction_id, min(done_at)::date AS day FROM transaction_step WHERE step = 'archive' GROUP BY 1
)
SELECT due.day::text AS period, t.person_id::text AS person, s.transaction_id::text AS transaction,
  (ended.ordinal - started.ordinal)::float8 AS measured, NULL::float8 AS base, 1 AS sample, true AS fired
FROM transaction_step s
JOIN transaction t ON t.id = s.transaction_id AND t.subject_kind = 'licence' AND t.state <> 'withdrawn'
JOIN working_day started ON started.day = s.done_at::date
JOIN working_day due ON due.working AND due.ordinal = started.ordinal + 3
LEFT JOIN archived a ON a.transaction_id = s.transaction_id
JOIN working_day ended ON ended.day = least(coalesce(a.day, $2::date - 1), $2::date - 1)
WHERE s.step = 'issue' AND s.done_at >= $1::date - 120 AND s.done_at < $2::date AND t.person_id IS NOT NULL
  AND due.day >= $1::date AND due.day < $2::date
  AND ended.ordinal - started.ordinal > 2
