-- name: notices_insert
-- Notices that are not there yet, each with the next number of its recipient's mailbox.
WITH fresh AS (
    SELECT q.*
    FROM unnest(
        %(place)s::integer[], %(at)s::timestamptz[], %(submission)s::uuid[], %(recipient)s::text[], %(cause)s::text[],
        %(kind)s::text[], %(service)s::text[], %(reference)s::text[], %(state)s::text[], %(payload)s::bytea[]
    ) AS q (place, at, submission, recipient, cause, kind, service, reference, state, payload)
    WHERE NOT EXISTS (SELECT FROM notice n WHERE n.recipient = q.recipient AND n.cause = q.cause)
), counted AS (
    SELECT recipient, count(*) AS many FROM fresh GROUP BY recipient
), heads AS (
    INSERT INTO mailbox AS m (recipient, head)
    SELECT recipient, many FROM counted ORDER BY recipient
    ON CONFLICT (recipient) DO UPDATE SET head = m.head + excluded.head
    RETURNING m.recipient, m.head
)
INSERT INTO notice (number, at, submission, lane, recipient, cause, kind, service, reference, state, payload)
SELECT h.head - c.many + row_number() OVER (PARTITION BY f.recipient ORDER BY f.place),
    f.at, f.submission, %(lane)s, f.recipient, f.cause, f.kind, f.service, f.reference, f.state, f.payload
FROM fresh f JOIN counted c USING (recipient) JOIN heads h USING (recipient)
RETURNING number, at, recipient, cause, kind, service, reference, state, payload;

-- name: notices_subscriptions
-- Webhooks of these recipients.
SELECT id, party, url, kinds FROM subscription WHERE party = ANY (%(parties)s::text[]) AND disabled_at IS NULL;

-- name: notices_addresses
-- Mail addresses of companies and people among these recipients, and the language they read.
SELECT 'company:' || id AS party, mail, 'zh-Hant' AS language FROM company
WHERE mail <> '' AND 'company:' || id = ANY (%(parties)s::text[])
UNION ALL
SELECT 'person:' || user_id, mail, language FROM person
WHERE mail <> '' AND 'person:' || user_id = ANY (%(parties)s::text[]);

-- name: notices_deliver
-- What has to leave the house, once a cause.
INSERT INTO delivery (id, made, next_at, subscription, number, carrier, party, target, payload)
SELECT id, %(at)s, %(at)s, subscription, number, carrier, party, target, payload
FROM unnest(
    %(id)s::uuid[], %(subscription)s::uuid[], %(number)s::bigint[], %(carrier)s::text[], %(party)s::text[],
    %(target)s::text[], %(payload)s::bytea[]
) AS q (id, subscription, number, carrier, party, target, payload)
ON CONFLICT DO NOTHING;
