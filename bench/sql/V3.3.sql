-- V3.3 unfinished a month after acceptance and not investigated
SELECT (t.accepted_at + interval '1 month')::date::text AS period, t.id::text AS transaction,
  1 + extract(epoch FROM $2::date - (t.accepted_at + interval '1 month'))::float8 / 2629746 AS measured,
  NULL::float8 AS base, 1 AS sample, true AS fired
FROM transaction t
WHERE t.subject_kind = 'vehicle' AND t.state NOT IN ('completed', 'withdrawn')
  AND t.accepted_at >= $1::date - interval '1 month 3 days' AND t.accepted_at < $2::date
  AND t.accepted_at + interval '1 month' >= $1::date AND t.accepted_at + interval '1 month' < $2::date
  AND NOT EXISTS (SELECT 1 FROM investigation i WHERE i.transaction_id = t.id)
