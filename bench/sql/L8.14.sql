-- L8.14 clock of subject 2 off by more than five minutes
SELECT to_char(at, 'YYYY-MM-DD') AS period, site_id::text AS site,
  max(abs(minutes)) AS measured, NULL::float8 AS base, count(*) AS sample, max(abs(minutes)) > 5 AS fired
FROM clock_offset
WHERE system = 'exam' AND subject IN ('subject2') AND at >= $1::date AND at < $2::date AND site_id IS NOT NULL
GROUP BY left(unit_path, 9), 1, 2
