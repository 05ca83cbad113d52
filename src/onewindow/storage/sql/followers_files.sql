-- name: follower_submission
-- One submission with the payload of its first event, for acts that followers carry out.
SELECT s.lane, s.id, s.reference, s.service, s.definition_version, s.lodger, s.principal, s.sender_reference, s.mode,
    s.state, s.version, s.life, s.lodged_at, coalesce(s.changed_at, s.lodged_at) AS changed_at,
    encode(s.digest, 'hex') AS digest, s.summary, e.payload AS opening
FROM reference r
JOIN submission s ON s.lane = r.lane AND s.id = r.submission
JOIN event e ON e.lane = s.lane AND e.submission = s.id AND e.seq = 1
WHERE r.lane = %(lane)s AND r.reference = %(reference)s;

-- name: follower_body
-- The latest document of a submission, or the one of a version.
SELECT bytes, dictionary, media
FROM body
WHERE lane = %(lane)s AND submission = %(submission)s AND version <= coalesce(%(version)s, 2147483647)
ORDER BY version DESC
LIMIT 1;

-- name: issued_submission
-- The reference of the submission that an issued document's number stands for.
SELECT s.reference
FROM issued i JOIN submission s ON s.lane = i.lane AND s.id = i.submission
WHERE i.lane = %(lane)s AND i.number = %(number)s;
