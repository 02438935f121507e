-- V8.11 audit not finished within 24 hours
SELECT (submitted_at + interval '1440 minutes')::date::text AS period, id::text AS inspection,
  extract(epoch FROM least(coalesce(audited_at, $2::date), $2::date) - submitted_at)::float8 / 60 AS measured,
  NULL::float8 AS base, 1 AS sample, true AS fired
FROM inspection
WHERE submitted_at >= $1::date - interval '1440 minutes' AND submitted_at < $2::date - interval '1440 minutes'
  AND (audited_at IS NULL OR audited_at > submitted_at + interval '1440 minutes')
