-- name: verify_lanes
-- Every lane that was written to, and how many positions it gave out.
SELECT lane, head FROM lane WHERE head > 0 ORDER BY lane;

-- name: verify_positions
-- The first position of a lane that should be there and is not; none when it is gapless.
SELECT coalesce(
    (SELECT e.pos + 1 FROM event e
     WHERE e.lane = %(lane)s AND e.pos < %(head)s
         AND NOT EXISTS (SELECT FROM event n WHERE n.lane = e.lane AND n.pos = e.pos + 1)
     ORDER BY e.pos LIMIT 1), 1) AS missing
WHERE (SELECT count(*) FROM event WHERE lane = %(lane)s AND pos BETWEEN 1 AND %(head)s) <> %(head)s
    OR EXISTS (SELECT FROM event WHERE lane = %(lane)s AND pos > %(head)s);

-- name: verify_events
-- A lane's events, submission by submission; from `at` on what their hashes cover, encoded as they were hashed.
COPY (
    SELECT submission, seq, pos, hash, salt, at, version, kind, actor, cause, payload, body, words
    FROM event WHERE lane = {lane} ORDER BY submission, seq
) TO STDOUT (FORMAT BINARY);

-- name: verify_submissions
-- Where each submission of a lane says that its chain ends.
SELECT id, reference, last_seq, last_hash FROM submission WHERE lane = %(lane)s ORDER BY id;

-- name: verify_bodies
-- A lane's documents that were not erased, with the digests that their events carry.
SELECT b.submission, b.version, b.bytes, b.dictionary, e.body AS digest
FROM body b
LEFT JOIN event e ON e.lane = b.lane AND e.submission = b.submission AND e.version = b.version AND e.body IS NOT NULL
WHERE b.lane = %(lane)s AND b.bytes IS NOT NULL;

-- name: verify_details
-- A lane's words that were not erased, with the digests that their events carry.
SELECT d.submission, d.seq, d.salt, d.words, e.words AS digest
FROM detail d
LEFT JOIN event e ON e.lane = d.lane AND e.submission = d.submission AND e.seq = d.seq
WHERE d.lane = %(lane)s AND d.words IS NOT NULL;
