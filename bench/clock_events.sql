WITH c AS (SELECT range AS s, hash(range) AS h, range % 10 AS g FROM range({children})),
k AS (SELECT range::INTEGER AS k FROM range(12)),
r AS (SELECT s, h, g, k, (hash(s * 100 + k) % 100)::INTEGER AS p, (hash(s * 100 + k + 50) % 1000)::INTEGER AS q FROM c, k),
o AS (SELECT *, DATE '2022-01-03' + (h % 900)::INTEGER AS d FROM r),
e AS (
  SELECT s, 'care_started' AS kind, d AS day, NULL::INTEGER AS minute, '' AS ref, k FROM o WHERE g < 2 AND k = 0
  UNION ALL SELECT s, 'care_review_held', d + 20 + k * 160 + q % 40, NULL, '', k FROM o WHERE g < 2 AND k < h % 9
  UNION ALL SELECT s, 'care_ended', d + 300 + q, NULL, '', k FROM o WHERE g < 2 AND k = 1 AND p < 40
  UNION ALL SELECT s, 'strategy_discussion', d, NULL, '', k FROM o WHERE g IN (2, 3) AND k = 0 AND p < 90
  UNION ALL SELECT s, 's47_started', d + q % 5, NULL, '', k FROM o WHERE g IN (2, 3) AND k = 1 AND p < 70
  UNION ALL SELECT s, 'initial_conference', d + 6 + q % 25, NULL, '', k FROM o WHERE g IN (2, 3) AND k = 2 AND p < 85
  UNION ALL SELECT s, 'cp_plan_started', d + 8 + q % 25, NULL, '', k FROM o WHERE g IN (2, 3) AND k = 2 AND p < 60
  UNION ALL SELECT s, 'review_conference', d + 70 + k * 170 + q % 50, NULL, '', k FROM o WHERE g IN (2, 3) AND k < h % 5
  UNION ALL SELECT s, 'cp_plan_ended', d + 400 + q, NULL, '', k FROM o WHERE g IN (2, 3) AND k = 3 AND p < 50
  UNION ALL SELECT s, 'missing_end', d + k * 90, if(p < 90, q, NULL), 'missing:' || k, k FROM o WHERE g IN (4, 5, 6) AND k < 4
  UNION ALL SELECT s, 'rhi_held', d + k * 90 + 1 + p % 4, q % 900, 'missing:' || k, k FROM o WHERE g IN (4, 5, 6) AND k < 4 AND q < 700
  UNION ALL SELECT s, 'ehcp_issued', d, NULL, '', k FROM o WHERE g IN (7, 8) AND k = 0
  UNION ALL SELECT s, 'ehcp_review_decided', d + 330 + k * 365 + q % 60, NULL, '', k FROM o WHERE g IN (7, 8) AND k < h % 4
  UNION ALL SELECT s, 'ehcp_ended', d + 500 + q, NULL, '', k FROM o WHERE g IN (7, 8) AND k = 5 AND p < 20
),
n AS (SELECT s, count(*) AS told FROM e GROUP BY s),
noise AS (
  SELECT c.s, ['referral', 'arrest', 'assault', 'suspension', 'school_joined', 'safe_contact'][1 + (hash(c.s * 99 + m.range) % 6)::INTEGER],
    DATE '2022-01-03' + (hash(c.s * 77 + m.range) % 1600)::INTEGER AS day, NULL::INTEGER, '', 100 + m.range::INTEGER
  FROM c LEFT JOIN n ON n.s = c.s CROSS JOIN range(20) AS m WHERE m.range < 20 - coalesce(n.told, 0)
)
SELECT * FROM e WHERE day <= DATE '{day}' UNION ALL SELECT * FROM noise WHERE day <= DATE '{day}' ORDER BY s
