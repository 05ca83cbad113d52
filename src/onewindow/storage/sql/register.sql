-- name: find_submission
-- One submission by its reference, with the payload of its first event.
SELECT s.lane, s.id, s.reference, s.service, s.definition_version, s.lodger, s.principal, s.sender_reference, s.mode,
    s.state, s.version, s.life, s.lodged_at, coalesce(s.changed_at, s.lodged_at) AS changed_at, s.digest, s.summary,
    e.payload AS opening
FROM reference r
JOIN submission s ON s.lane = r.lane AND s.id = r.submission
JOIN event e ON e.lane = s.lane AND e.submission = s.id AND e.seq = 1
WHERE r.lane = %(lane)s AND r.reference = %(reference)s;

-- name: list_submissions
-- The newest submissions of a party in one lane: its own, or those that an agent lodged for it. Read is at most a window.
SELECT lane, id, reference, service, definition_version, lodger, principal, sender_reference, mode, state, version,
    lodged_at, coalesce(changed_at, lodged_at) AS changed_at, digest, summary
FROM (
    SELECT * FROM submission s
    WHERE s.lane = %(lane)s AND s.lodger = %(party)s AND s.id < %(after)s
    ORDER BY s.id DESC LIMIT %(window)s
) s
WHERE (%(state)s = '' OR s.state = %(state)s) AND (%(service)s = '' OR s.service = %(service)s)
    AND (%(words)s = '' OR strpos(lower(s.summary || ' ' || s.sender_reference), lower(%(words)s)) > 0)
ORDER BY id DESC LIMIT %(limit)s;

-- name: list_principals_submissions
-- The same of what agents lodged for the party, in their lanes.
SELECT lane, id, reference, service, definition_version, lodger, principal, sender_reference, mode, state, version,
    lodged_at, coalesce(changed_at, lodged_at) AS changed_at, digest, summary
FROM unnest(%(agents)s::smallint[]) AS q (agents_lane)
CROSS JOIN LATERAL (
    SELECT * FROM submission s
    WHERE s.lane = q.agents_lane AND s.principal = %(party)s AND s.principal <> s.lodger AND s.id < %(after)s
    ORDER BY s.id DESC LIMIT %(window)s
) s
WHERE (%(state)s = '' OR s.state = %(state)s) AND (%(service)s = '' OR s.service = %(service)s)
    AND (%(words)s = '' OR strpos(lower(s.summary || ' ' || s.sender_reference), lower(%(words)s)) > 0)
ORDER BY id DESC LIMIT %(limit)s;

-- name: end_of_window
-- Where the window of a filtered list ends, if there is more behind it.
SELECT s.id FROM submission s
WHERE s.lane = %(lane)s AND s.lodger = %(party)s AND s.id < %(after)s
ORDER BY s.id DESC OFFSET %(window)s - 1 LIMIT 1;

-- name: list_by_sender_reference
-- Submissions by the sender's own reference, found through its claims.
SELECT s.lane, s.id, s.reference, s.service, s.definition_version, s.lodger, s.principal, s.sender_reference, s.mode,
    s.state, s.version, s.lodged_at, coalesce(s.changed_at, s.lodged_at) AS changed_at, s.digest, s.summary
FROM claim c JOIN submission s ON s.lane = c.lane AND s.id = c.submission
WHERE c.lane = %(lane)s AND c.token = ANY (%(tokens)s) AND s.id < %(after)s
    AND (%(state)s = '' OR s.state = %(state)s)
ORDER BY s.id DESC LIMIT %(limit)s;

-- name: list_agency_submissions
-- Submissions that are or were before an agency, in the order of its task names.
SELECT t.id AS task, s.lane, s.id, s.reference, s.service, s.definition_version, s.lodger, s.principal,
    s.sender_reference, s.mode, s.state, s.version, s.lodged_at, coalesce(s.changed_at, s.lodged_at) AS changed_at,
    s.digest, s.summary
FROM task t JOIN submission s ON s.lane = t.lane AND s.id = t.submission
WHERE t.agency = %(agency)s AND t.id > %(after)s
    AND (%(state)s = '' OR s.state = %(state)s) AND (%(service)s = '' OR s.service = %(service)s)
    AND (%(sender_reference)s = '' OR s.sender_reference = %(sender_reference)s)
    AND (%(words)s = '' OR strpos(lower(s.summary), lower(%(words)s)) > 0)
ORDER BY t.id LIMIT %(limit)s;

-- name: agents_of
-- Who ever held a mandate of a party: in their lanes lies what was lodged for it.
SELECT DISTINCT agent FROM mandate WHERE principal = %(party)s;

-- name: read_body
-- The document as it stood at a version.
SELECT bytes, dictionary, media, erased_at FROM body
WHERE lane = %(lane)s AND submission = %(submission)s AND version <= %(version)s
ORDER BY version DESC LIMIT 1;

-- name: read_events
-- What happened to a submission, in order, with the words that were not erased.
SELECT e.lane, e.pos, e.submission, e.seq, e.version, e.kind, e.at, e.actor, e.payload, d.words, e.hash
FROM event e
LEFT JOIN detail d ON d.lane = e.lane AND d.submission = e.submission AND d.seq = e.seq
WHERE e.lane = %(lane)s AND e.submission = %(submission)s
ORDER BY e.seq;
