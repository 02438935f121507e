-- V8.6 first tests below 20 %, re-tests above 80 %
SELECT to_char(month, 'YYYY-MM') AS period, institution_id::text AS institution,
  100.0::float8 * retests_passed / retests AS measured, NULL::float8 AS base, retests AS sample,
  100 * retests_passed > 80 * retests AND 100 * firsts_passed < 20 * firsts AS fired
FROM (
  SELECT left(unit_path, 9) AS city, date_trunc('month', occurred_at) AS month, institution_id,
    count(*) FILTER (WHERE attempt >= 2) AS retests,
    count(*) FILTER (WHERE attempt >= 2 AND passed) AS retests_passed,
    count(*) FILTER (WHERE attempt = 1) AS firsts,
    count(*) FILTER (WHERE attempt = 1 AND passed) AS firsts_passed
  FROM inspection
  WHERE occurred_at >= $1::date AND occurred_at < $2::date AND institution_id IS NOT NULL
  GROUP BY 1, 2, 3
) AS month
WHERE retests >= 30 AND firsts >= 30
