-- name: clocks_due
-- Legs of which a pledge may be broken by now, the longest overdue first.
SELECT lane, reference, id FROM task
WHERE closed_at IS NULL AND alarm_at <= %(at)s
ORDER BY alarm_at
LIMIT %(many)s;

-- name: keys_outlived
-- Idempotency keys that were kept long enough; a sender's reference is kept for ever.
DELETE FROM claim
WHERE lane = %(lane)s AND made < %(before)s AND substr(token, 1, 1) = '\x4b'::bytea;

-- name: partitions_ahead
-- The partitions of the next years and positions.
SELECT make_partitions();
