-- name: known_claims
-- What the claims of these tokens already stand for.
SELECT c.lane, c.token, c.submission, c.digest, c.version, c.state,
    s.reference, s.service, s.definition_version, s.mode, s.lodged_at, s.digest AS document
FROM unnest($1::smallint[], $2::bytea[]) AS q (lane, token)
JOIN claim c ON c.lane = q.lane AND c.token = q.token
JOIN submission s ON s.lane = c.lane AND s.id = c.submission;

-- name: lock_submission
-- One submission, held until the end of the transaction.
SELECT lane, id, version, last_seq, last_hash, reference, service, definition_version, lodged_at, digest
FROM submission
WHERE lane = $1 AND id = $2
FOR NO KEY UPDATE;

-- name: change_submission
-- The next version of a submission's life; an absent summary or digest stays as it is.
UPDATE submission
SET version = $3, last_seq = $4, last_hash = $5, state = $6, life = $7, changed_at = $8,
    summary = coalesce($9, summary), digest = coalesce($10, digest)
WHERE lane = $1 AND id = $2;

-- name: insert_detail
-- The erasable words of an event.
INSERT INTO detail (lane, submission, seq, salt, words) VALUES ($1, $2, $3, $4, $5);

-- name: grant_access
-- A further reader of a submission; once granted it stands.
INSERT INTO access (lane, submission, party) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: insert_issued
-- A signed licence or certificate.
INSERT INTO issued (lane, number, submission, service, key_id, payload, signature, issued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: revoke_issued
-- An issued document that no longer stands.
UPDATE issued SET revoked_at = $3 WHERE lane = $1 AND number = $2 AND revoked_at IS NULL;

-- name: insert_attachment
-- An uploaded file, unscanned.
INSERT INTO attachment (lane, id, submission, owner, name, media, size, digest, bytes, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: bind_attachment
-- An uploaded file belongs to a submission from now on.
UPDATE attachment SET submission = $3 WHERE lane = $1 AND id = $2 AND submission IS NULL;

-- name: take_heads
-- The next positions of several lanes at once. Rows are locked in ascending order, so that no two writers wait for
-- each other; nothing but the events' insertion may follow before the commit.
WITH held AS MATERIALIZED (
    SELECT lane FROM lane WHERE lane = ANY ($1::smallint[]) ORDER BY lane FOR NO KEY UPDATE
)
UPDATE lane l
SET head = l.head + q.n
FROM unnest($1::smallint[], $2::bigint[]) AS q (lane, n)
JOIN held ON held.lane = q.lane
WHERE l.lane = q.lane
RETURNING l.lane, l.head - q.n AS before;

-- name: safety
-- Settings without which an answer would not be durable.
SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit;

-- name: add_claims
-- Further keys for what was already lodged.
INSERT INTO claim (lane, token, submission, digest, version, state, made)
SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::uuid[], $4::bytea[], $5::integer[], $6::text[], $7::date[])
ON CONFLICT DO NOTHING;

-- name: lodge_few
-- A few documents in one statement and one round trip. The heads of the lanes are taken last: they wait for all else.
WITH doc AS MATERIALIZED (
    SELECT * FROM unnest(
        $5::smallint[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
        $13::text[], $14::text[], $15::text[], $16::bytea[], $17::text[], $18::bytea[], $19::bytea[], $20::bytea[],
        $21::text[], $22::bytea[]
    ) WITH ORDINALITY AS d (
        lane, id, reference, service, definition_version, lodger, principal, sender_reference, mode, state, summary,
        digest, media, bytes, salt, hash, actor, opening, number
    )
), claims AS (
    INSERT INTO claim (lane, token, submission, digest, state, made)
    SELECT q.lane, q.token, doc.id, doc.digest, doc.state, $1::timestamptz::date
    FROM unnest($2::smallint[], $3::bytea[], $4::bigint[]) AS q (lane, token, number)
    JOIN doc ON doc.number = q.number
    ORDER BY q.lane, q.token
    RETURNING 1
), refs AS (
    INSERT INTO reference (lane, reference, submission) SELECT lane, reference, id FROM doc RETURNING 1
), submissions AS (
    INSERT INTO submission (
        lane, id, reference, service, definition_version, lodger, principal, sender_reference, mode, state, summary,
        digest, last_hash, lodged_at
    )
    SELECT lane, id, reference, service, definition_version, lodger, principal, sender_reference, mode, state, summary,
        digest, hash, $1
    FROM doc RETURNING 1
), bodies AS (
    INSERT INTO body (lane, submission, media, bytes, dictionary) SELECT lane, id, media, bytes, $23 FROM doc RETURNING 1
), written AS MATERIALIZED (
    SELECT (SELECT count(*) FROM claims) + (SELECT count(*) FROM refs) + (SELECT count(*) FROM submissions)
        + (SELECT count(*) FROM bodies) AS rows
), held AS MATERIALIZED (
    SELECT lane FROM lane
    WHERE (SELECT rows FROM written) > 0 AND lane IN (SELECT lane FROM doc)
    ORDER BY lane FOR NO KEY UPDATE
), heads AS (
    UPDATE lane l
    SET head = l.head + q.n
    FROM (SELECT lane, count(*) AS n FROM doc GROUP BY lane) q JOIN held ON held.lane = q.lane
    WHERE l.lane = q.lane
    RETURNING l.lane, l.head - q.n AS before
)
INSERT INTO event (lane, pos, at, submission, seq, version, kind, actor, payload, salt, hash, body)
SELECT doc.lane, heads.before + row_number() OVER (PARTITION BY doc.lane ORDER BY doc.number), $1, doc.id, 1, 1,
    'lodged', doc.actor, doc.opening, doc.salt, doc.hash, doc.digest
FROM doc JOIN heads ON heads.lane = doc.lane;
