WITH opened AS (SELECT subject, happening, happened_on, state FROM '{folder}/happening.parquet' JOIN (VALUES
    ('care_started', 'in_care'), ('cp_plan_started', 'protection_plan'), ('ehcp_issued', 'ehc_plan')) AS v(kind, state) USING (kind)),
closed AS (SELECT subject, happening, happened_on, state FROM '{folder}/happening.parquet' JOIN (VALUES
    ('care_ended', 'in_care'), ('cp_plan_ended', 'protection_plan'), ('ehcp_ended', 'ehc_plan')) AS v(kind, state) USING (kind))
SELECT o.subject, o.state, 0::INTEGER AS number, o.happened_on AS start, c.happened_on AS "end", true AS start_known,
  MAP(['short_break'], ['no']) AS attributes, o.happening AS opened_by, c.happening AS closed_by, [o.happening] AS parts
FROM opened o LEFT JOIN closed c ON c.subject = o.subject AND c.state = o.state AND c.happened_on >= o.happened_on ORDER BY 1
