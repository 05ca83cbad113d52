-- name: subscribe_webhook
-- Where a party wants its notices sent; one with the same id stays as it is.
INSERT INTO subscription (id, created, party, url, secret, kinds)
VALUES (%(id)s, %(created)s, %(party)s, %(url)s, %(secret)s, %(kinds)s)
ON CONFLICT DO NOTHING;

-- name: list_webhooks
-- A party's webhooks, without their secrets.
SELECT id, url, kinds, created, disabled_at FROM subscription
WHERE party = %(party)s
ORDER BY created, id LIMIT %(most)s;

-- name: find_webhook
-- One webhook of a party.
SELECT id, url, kinds, created, disabled_at, secret FROM subscription
WHERE party = %(party)s AND id = %(id)s;

-- name: remove_webhook
-- A webhook that is no longer wanted.
DELETE FROM subscription WHERE party = %(party)s AND id = %(id)s;

-- name: notices_to_send_again
-- Notices after a number that a webhook wants, in their order.
SELECT number, at, kind, service, reference, state, payload FROM notice
WHERE recipient = %(party)s AND number > %(after)s
    AND (cardinality(%(kinds)s::text[]) = 0 OR kind = ANY (%(kinds)s::text[]))
ORDER BY number LIMIT %(limit)s;

-- name: send_by_webhook
-- Deliveries on their way; one with the same id stays as it is.
INSERT INTO delivery (id, made, next_at, subscription, number, carrier, party, target, payload)
SELECT id, %(at)s, %(at)s, %(subscription)s, number, 'webhook', %(party)s, %(target)s, payload
FROM unnest(%(ids)s::uuid[], %(numbers)s::bigint[], %(payloads)s::bytea[]) AS q (id, number, payload)
ON CONFLICT DO NOTHING;
