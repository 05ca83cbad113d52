-- name: lanes_to_anchor
-- Where each lane's next anchor begins, and how far the lane is.
SELECT l.lane, coalesce(max(a.last_pos), 0) + 1 AS first, l.head AS last
FROM lane l LEFT JOIN anchor a ON a.lane = l.lane
GROUP BY l.lane, l.head
HAVING l.head - coalesce(max(a.last_pos), 0) >= %(least)s
ORDER BY l.lane;

-- name: links_of_range
-- Positions and hashes of a closed range of a lane.
SELECT pos, hash FROM event
WHERE lane = %(lane)s AND pos BETWEEN %(first)s AND %(last)s
ORDER BY pos;

-- name: keep_anchor
-- A signed root; the same range again changes nothing.
INSERT INTO anchor (lane, first_pos, last_pos, at, root, key_id, signature)
VALUES (%(lane)s, %(first)s, %(last)s, %(at)s, %(root)s, %(key_id)s, %(signature)s)
ON CONFLICT DO NOTHING;

-- name: list_anchors
-- Every anchor of a lane, in order.
SELECT lane, first_pos AS first, last_pos AS last, at, root, key_id, signature FROM anchor
WHERE lane = %(lane)s ORDER BY last_pos;

-- name: lane_extents
-- Whether each lane's positions are without gaps from 1 to its head.
SELECT l.lane, l.head, count(e.pos) AS events, coalesce(min(e.pos), 1) AS first, coalesce(max(e.pos), 0) AS last
FROM lane l LEFT JOIN event e ON e.lane = l.lane
GROUP BY l.lane, l.head ORDER BY l.lane;

-- name: gap_in_lane
-- The first position of a lane that is missing.
SELECT g.pos FROM generate_series(1, %(head)s) AS g (pos)
LEFT JOIN event e ON e.lane = %(lane)s AND e.pos = g.pos
WHERE e.pos IS NULL ORDER BY g.pos LIMIT 1;

-- name: chains_of_lane
-- Every event of a lane, submission by submission, with what its digests cover.
SELECT e.submission, e.seq, e.version, e.pos, e.kind, e.at, e.actor, e.cause, e.payload, e.salt, e.hash,
    e.body AS body_digest, e.words AS words_digest,
    b.bytes AS body, b.dictionary, b.erased_at AS body_erased, b.lane IS NOT NULL AS has_body,
    d.words, d.salt AS words_salt, d.erased_at AS words_erased, d.lane IS NOT NULL AS has_words
FROM event e
LEFT JOIN body b ON e.body IS NOT NULL AND b.lane = e.lane AND b.submission = e.submission AND b.version = e.version
LEFT JOIN detail d ON e.words IS NOT NULL AND d.lane = e.lane AND d.submission = e.submission AND d.seq = e.seq
WHERE e.lane = %(lane)s
ORDER BY e.submission, e.seq;

-- name: ends_of_lane
-- Where each submission of a lane says its chain ends.
SELECT id, reference, last_seq, last_hash, version, digest, service, definition_version FROM submission
WHERE lane = %(lane)s ORDER BY id;

-- name: submissions_to_erase
-- What a party lodged.
SELECT lane, id, life FROM submission WHERE lane = %(lane)s AND lodger = %(party)s ORDER BY id FOR UPDATE;

-- name: erase_bodies
-- The documents go; their digests in the events stay.
UPDATE body SET bytes = NULL, erased_at = %(at)s
WHERE lane = %(lane)s AND submission = ANY (%(ids)s) AND bytes IS NOT NULL;

-- name: erase_details
-- Words go, with the salt without which their digest tells nothing.
UPDATE detail SET words = NULL, salt = NULL, erased_at = %(at)s
WHERE lane = %(lane)s AND submission = ANY (%(ids)s) AND words IS NOT NULL;

-- name: erase_attachments
-- Uploaded files and their names go.
UPDATE attachment SET bytes = NULL, name = '', erased_at = %(at)s
WHERE lane = %(lane)s AND (submission = ANY (%(ids)s) OR owner = %(party)s) AND bytes IS NOT NULL;

-- name: erase_issued
-- What stood on issued documents goes; number and dates stay.
UPDATE issued SET payload = '', signature = '', revoked_at = coalesce(revoked_at, %(at)s)
WHERE lane = %(lane)s AND submission = ANY (%(ids)s);

-- name: erase_submission
-- The person's words in the row that shows a submission.
UPDATE submission SET summary = '', sender_reference = '', life = %(life)s WHERE lane = %(lane)s AND id = %(id)s;

-- name: erase_tasks
-- The same in work lists.
UPDATE task SET summary = '' WHERE lane = %(lane)s AND submission = ANY (%(ids)s);

-- name: pages_are_there
-- Whether people's pages, which keep drafts, were ever set up beside this journal.
SELECT to_regclass('web_draft') IS NOT NULL AS there;

-- name: erase_drafts
-- Forms that were begun and never lodged.
DELETE FROM web_draft WHERE party = %(party)s;
