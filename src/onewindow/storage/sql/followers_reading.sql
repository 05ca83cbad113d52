-- name: follower_begin
-- A follower's position in every lane, before its first step.
INSERT INTO position (lane, follower)
SELECT lane, %(follower)s FROM lane
ON CONFLICT DO NOTHING;

-- name: follower_behind
-- Lanes in which something is still to be read, the longest way first.
SELECT l.lane, l.head - p.pos AS behind
FROM lane l JOIN position p ON p.lane = l.lane AND p.follower = %(follower)s
WHERE p.pos < l.head
ORDER BY behind DESC;

-- name: follower_take
-- The follower's place in a lane, held until the end of the transaction; no row when somebody else holds it.
SELECT p.pos, l.head
FROM position p JOIN lane l ON l.lane = p.lane
WHERE p.lane = %(lane)s AND p.follower = %(follower)s
FOR UPDATE OF p SKIP LOCKED;

-- name: follower_events
-- The next events of a lane with the facts of their submissions.
SELECT e.pos, e.submission, e.seq, e.version, e.kind, e.at, e.actor, coalesce(e.cause, '') AS cause, e.payload,
    s.service, s.definition_version, s.reference, s.lodger, s.principal, s.mode, s.summary, s.state
FROM event e JOIN submission s ON s.lane = e.lane AND s.id = e.submission
WHERE e.lane = %(lane)s AND e.pos > %(after)s AND e.pos <= %(upto)s
ORDER BY e.pos;

-- name: follower_acts
-- The same, of what happened after lodging only.
SELECT e.pos, e.submission, e.seq, e.version, e.kind, e.at, e.actor, coalesce(e.cause, '') AS cause, e.payload,
    s.service, s.definition_version, s.reference, s.lodger, s.principal, s.mode, s.summary, s.state
FROM event e JOIN submission s ON s.lane = e.lane AND s.id = e.submission
WHERE e.lane = %(lane)s AND e.pos > %(after)s AND e.pos <= %(upto)s AND e.kind <> 'lodged'
ORDER BY e.pos;

-- name: follower_trials
-- The same, of what was lodged in test mode.
SELECT e.pos, e.submission, e.seq, e.version, e.kind, e.at, e.actor, coalesce(e.cause, '') AS cause, e.payload,
    s.service, s.definition_version, s.reference, s.lodger, s.principal, s.mode, s.summary, s.state
FROM event e JOIN submission s ON s.lane = e.lane AND s.id = e.submission
WHERE e.lane = %(lane)s AND e.pos > %(after)s AND e.pos <= %(upto)s AND s.mode = 'test'
ORDER BY e.pos;

-- name: follower_causes
-- The same, of acts and of lodged documents that do something to others: their payload names "effects".
SELECT e.pos, e.submission, e.seq, e.version, e.kind, e.at, e.actor, coalesce(e.cause, '') AS cause, e.payload,
    s.service, s.definition_version, s.reference, s.lodger, s.principal, s.mode, s.summary, s.state
FROM event e JOIN submission s ON s.lane = e.lane AND s.id = e.submission
WHERE e.lane = %(lane)s AND e.pos > %(after)s AND e.pos <= %(upto)s
    AND (e.kind <> 'lodged' OR position('\x226566666563747322'::bytea IN e.payload) > 0)
ORDER BY e.pos;

-- name: follower_files
-- The same, of events that name files: their payload has "files".
SELECT e.pos, e.submission, e.seq, e.version, e.kind, e.at, e.actor, coalesce(e.cause, '') AS cause, e.payload,
    s.service, s.definition_version, s.reference, s.lodger, s.principal, s.mode, s.summary, s.state
FROM event e JOIN submission s ON s.lane = e.lane AND s.id = e.submission
WHERE e.lane = %(lane)s AND e.pos > %(after)s AND e.pos <= %(upto)s
    AND position('\x2266696c657322'::bytea IN e.payload) > 0
ORDER BY e.pos;

-- name: follower_move
-- The follower has read so far; committed with what it wrote.
UPDATE position SET pos = %(pos)s WHERE lane = %(lane)s AND follower = %(follower)s;

-- name: follower_rewind
-- A follower that is rebuilt begins again with the first event.
UPDATE position SET pos = 0 WHERE follower = %(follower)s;

-- name: follower_position
-- How far a follower has read one lane.
SELECT pos FROM position WHERE lane = %(lane)s AND follower = %(follower)s;

-- name: follower_lag
-- How many events each follower has still to read.
SELECT p.follower, sum(l.head - p.pos)::bigint AS behind
FROM position p JOIN lane l ON l.lane = p.lane
GROUP BY p.follower;
