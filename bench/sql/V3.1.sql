-- V3.1 no document made within two working days after a number was selected
WITH issued AS (
  SELECT transaction_id, min(done_at)::date AS day FROM transaction_step WHERE step = 'issue' GROUP BY 1
)
SELECT due.day::text AS period, n.id::text AS number_selection,
  (ended.ordinal - started.ordinal)::float8 AS measured, NULL::float8 AS base, 1 AS sample, true AS fired
FROM number_selection n
JOIN working_day started ON started.day = n.selected_at::date
JOIN working_day due ON due.working AND due.ordinal = started.ordinal + 3
LEFT JOIN issued i ON i.transaction_id = n.transaction_id
JOIN working_day ended ON ended.day = least(coalesce(i.day, $2::date - 1), $2::date - 1)
WHERE n.withdrawn_at IS NULL AND n.transaction_id IS NOT NULL AND n.selected_at >= $1::date - 120 AND n.selected_at < $2::date
  AND due.day >= $1::date AND due.day < $2::date
  AND ended.ordinal - started.ordinal > 2
