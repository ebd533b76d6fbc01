WITH c AS MATERIALIZED (SELECT subject, (born_on + INTERVAL 18 YEAR)::DATE
    + (day(born_on) = 29 AND day(born_on + INTERVAL 18 YEAR) = 28)::INTEGER AS eighteen FROM '{facts}/child.parquet'),
h AS MATERIALIZED (SELECT subject, happening, kind, happened_on AS day, earliest, latest, key, refs FROM '{facts}/happening.parquet'
    WHERE kind IN ('missing_end', 'rhi_held', 's47_started', 'strategy_discussion', 'initial_conference', 'care_started',
      'care_review_held', 'cp_plan_started', 'review_conference', 'ehcp_issued', 'ehcp_review_decided')),
rhi AS (SELECT e.subject, 'rhi-72h' AS duty_id, '2014' AS version, e.key AS trigger_key, e.day AS opened_on, NULL::DATE AS due_on,
    e.earliest + INTERVAL 72 HOUR AS due_at, NULL::DATE AS warn_on, e.earliest + INTERVAL 24 HOUR AS warn_at, NULL::DATE AS met_on,
    r.earliest AS met_at, coalesce(r.key, '') AS met_key,
    CASE WHEN r.latest <= e.earliest + INTERVAL 72 HOUR THEN true WHEN r.earliest > e.latest + INTERVAL 72 HOUR THEN false END AS in_time,
    NULL::DATE AS ended_on, '' AS ended_why, NULL::DATE AS freezes_on,
    if(r.key IS NULL, [e.key], [e.key, r.key]) AS evidence
  FROM h e JOIN c USING (subject) LEFT JOIN h r ON r.subject = e.subject AND r.kind = 'rhi_held' AND r.refs[1] = e.refs[1] AND r.latest >= e.earliest
  WHERE e.kind = 'missing_end' AND e.day < c.eighteen),
anchor AS (SELECT s.subject, s.key, max_by(a.key, a.happening) AS anchor_key, max_by(a.day, a.happening) AS anchor_day
  FROM h s JOIN h a ON a.subject = s.subject AND a.kind = 'strategy_discussion' AND a.day BETWEEN s.day - 5 AND s.day
  WHERE s.kind = 's47_started' GROUP BY ALL),
conf AS (SELECT s.subject, s.key, coalesce(anchor_day, s.day) AS opened, if(anchor_key IS NULL, [s.key], [s.key, anchor_key]) AS rests
    FROM h s LEFT JOIN anchor USING (subject, key) WHERE s.kind = 's47_started'
  UNION ALL SELECT s.subject, s.key, s.day, [s.key] FROM h s WHERE s.kind = 'strategy_discussion'
    AND NOT EXISTS (FROM h o WHERE o.subject = s.subject AND o.kind = 's47_started' AND o.day BETWEEN s.day AND s.day + 5)),
icpc AS (SELECT f.subject, f.key, f.opened, f.rests, c.eighteen, min_by(a.key, a.happening) AS met_key, min(a.day) AS met_day
  FROM conf f JOIN c USING (subject) LEFT JOIN h a ON a.subject = f.subject AND a.kind = 'initial_conference' AND a.day >= f.opened
    AND (c.eighteen > DATE '{day}' OR a.day <= c.eighteen)
  WHERE f.opened < c.eighteen GROUP BY ALL),
held AS (SELECT s.subject, s.state, s.start, s."end", a.key, a.day,
    row_number() OVER w AS place, lead(a.key) OVER w AS next_key, lead(a.day) OVER w AS next_day
  FROM '{facts}/stretch.parquet' s JOIN (VALUES ('in_care', 'care_review_held'), ('protection_plan', 'review_conference'),
    ('ehc_plan', 'ehcp_review_decided')) AS v(state, kind) USING (state)
  JOIN h a ON a.subject = s.subject AND a.kind = v.kind AND a.day >= s.start AND (s."end" IS NULL OR a.day <= s."end")
  WINDOW w AS (PARTITION BY s.subject, s.state ORDER BY a.day)),
plan_from AS (SELECT s.subject, max_by(a.key, a.happening) AS anchor_key, max_by(a.day, a.happening) AS anchor_day
  FROM '{facts}/stretch.parquet' s JOIN h a ON a.subject = s.subject AND a.kind = 'initial_conference' AND a.day BETWEEN s.start - 30 AND s.start
  WHERE s.state = 'protection_plan' GROUP BY 1),
points AS (
  SELECT s.subject, s.state, s."end", o.key, coalesce(if(s.state = 'protection_plan', p.anchor_day, NULL), s.start) AS opened,
    if(s.state = 'protection_plan' AND p.anchor_key IS NOT NULL, [o.key, p.anchor_key], [o.key]) AS rests, 0 AS place, n.key AS next_key, n.day AS next_day
  FROM '{facts}/stretch.parquet' s JOIN h o ON o.subject = s.subject AND o.happening = s.opened_by
  LEFT JOIN plan_from p ON p.subject = s.subject LEFT JOIN held n ON n.subject = s.subject AND n.state = s.state AND n.place = 1
  UNION ALL SELECT subject, state, "end", key, day, [key], place, next_key, next_day FROM held WHERE "end" IS NULL OR day < "end"),
due AS (SELECT q.*, c.eighteen, v.why,
    CASE WHEN q.state = 'in_care' AND place = 0 THEN w.p20 ELSE (opened + to_months(v.months))::DATE END AS due,
    CASE WHEN q.state = 'ehc_plan' THEN NULL WHEN c.eighteen <= DATE '{day}' AND (q."end" IS NULL OR c.eighteen < q."end") THEN c.eighteen ELSE q."end" END AS until_,
    v.duty_id, v.version
  FROM points q JOIN c USING (subject) JOIN w ON w.day = q.opened
  JOIN (VALUES ('in_care', 0, 0, 0, 'lac-review-first-20wd', '2011', 'left care'), ('in_care', 1, 1, 3, 'lac-review-second-3m', '2011', 'left care'),
    ('in_care', 2, 99, 6, 'lac-review-subsequent-6m', '2011', 'left care'), ('protection_plan', 0, 0, 3, 'cp-review-first-3m', 'WT2013', 'the protection plan ended'),
    ('protection_plan', 1, 99, 6, 'cp-review-6m', 'WT2013', 'the protection plan ended'), ('ehc_plan', 0, 99, 12, 'ehc-annual-review-12m', '2014', 'the plan ended'))
    AS v(state, low, high, months, duty_id, version, why) ON v.state = q.state AND q.place BETWEEN v.low AND v.high
  WHERE q.state = 'ehc_plan' OR q.opened < c.eighteen),
series AS (SELECT *, if(state = 'ehc_plan', "end", until_) AS until, coalesce(next_day <= if(state = 'ehc_plan', "end", until_), next_day IS NOT NULL) AS met FROM due),
shown AS (SELECT s.subject, duty_id, version, key AS trigger_key, opened AS opened_on, due AS due_on, NULL::TIMESTAMPTZ AS due_at,
    greatest(if(state = 'ehc_plan', due - 30, w.m10), opened) AS warn_on, NULL::TIMESTAMPTZ AS warn_at, if(met, next_day, NULL) AS met_on,
    NULL::TIMESTAMPTZ AS met_at, if(met, next_key, '') AS met_key, if(met, next_day <= due, NULL) AS in_time,
    if(met, NULL, until) AS ended_on, if(met OR until IS NULL, '', if(until IS DISTINCT FROM "end", 'turned 18', why) || strftime(until, ' on %-d %b %Y')) AS ended_why,
    if(state = 'ehc_plan', NULL, eighteen) AS freezes_on, if(met, list_append(rests, next_key), rests) AS evidence
  FROM series s JOIN w ON w.day = s.due)
SELECT * FROM rhi UNION ALL SELECT * FROM shown UNION ALL
SELECT i.subject, 'icpc-15wd', 'WT2013', i.key, opened, w.p15, NULL, greatest(u.m5, opened), NULL, met_day, NULL, coalesce(met_key, ''), met_day <= w.p15,
  if(met_key IS NULL AND eighteen <= DATE '{day}', eighteen, NULL),
  if(met_key IS NULL AND eighteen <= DATE '{day}', 'turned 18' || strftime(eighteen, ' on %-d %b %Y'), ''), eighteen,
  if(met_key IS NULL, rests, list_append(rests, met_key))
FROM icpc i JOIN w ON w.day = i.opened JOIN w u ON u.day = w.p15
