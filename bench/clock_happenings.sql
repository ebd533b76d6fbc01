SELECT s AS subject, (row_number() OVER (PARTITION BY s ORDER BY day, minute NULLS FIRST, kind, k) - 1)::INTEGER AS happening,
  kind, []::VARCHAR[] AS other_kinds, day AS happened_on, begins + to_minutes(minute) AS happened_at,
  begins + to_minutes(coalesce(minute, 0)) AS earliest,
  if(minute IS NULL, ends - INTERVAL 1 MINUTE, begins + to_minutes(minute)) AS latest,
  key, [key] AS events, '' AS reason, ['la:301'] AS agencies, ['la:301/'] AS people, []::VARCHAR[] AS marks, []::VARCHAR[] AS sure_marks,
  MAP {}::MAP(VARCHAR, VARCHAR) AS details, if(ref = '', []::VARCHAR[], [ref]) AS refs
FROM (SELECT *, 'events/e/' || s || '-' || k || '/' || kind AS key,
  timezone('Europe/London', day::TIMESTAMP) AS begins, timezone('Europe/London', (day + 1)::TIMESTAMP) AS ends FROM event)
ORDER BY subject, happening
