-- name: deliveries_routes
-- Subscriptions (or single mails) with something due that nobody serves yet, those that wait longest first.
SELECT coalesce(subscription, id) AS route
FROM delivery
WHERE next_at <= %(at)s AND NOT coalesce(subscription, id) = ANY (%(busy)s::uuid[])
GROUP BY route
ORDER BY min(next_at)
LIMIT %(many)s;

-- name: deliveries_take
-- The next deliveries of one route, leased: whoever dies with them leaves them to others when the lease is over.
UPDATE delivery d
SET next_at = %(lease)s, attempts = d.attempts + 1
FROM (
    SELECT id FROM delivery
    WHERE (subscription = %(route)s OR id = %(route)s) AND next_at <= %(at)s
    ORDER BY number, id
    LIMIT %(many)s
    FOR UPDATE SKIP LOCKED
) AS due
WHERE d.id = due.id
RETURNING d.id, d.carrier, d.subscription, d.number, d.attempts, d.target, d.payload, d.made;

-- name: deliveries_secret
-- What signs a webhook; no row when it was removed or disabled.
SELECT secret FROM subscription WHERE id = %(id)s AND disabled_at IS NULL;

-- name: deliveries_done
-- Arrived.
UPDATE delivery SET done_at = %(at)s, next_at = NULL, status = %(status)s, said = '' WHERE id = %(id)s;

-- name: deliveries_failed
-- Not arrived; without a next time it is given up.
UPDATE delivery SET next_at = %(next_at)s, status = %(status)s, said = %(said)s WHERE id = %(id)s;

-- name: deliveries_put_off
-- What else waits for a receiver that does not answer waits as long, so that it is in nobody's way.
UPDATE delivery d
SET next_at = f.next_at, attempts = d.attempts - (d.id = ANY (%(leased)s::uuid[]))::integer
FROM delivery f
WHERE f.id = %(failed)s AND f.next_at IS NOT NULL AND d.subscription = %(subscription)s AND d.next_at IS NOT NULL
    AND (d.next_at < f.next_at OR d.id = ANY (%(leased)s::uuid[]));
