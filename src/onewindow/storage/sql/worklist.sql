-- name: list_tasks
-- Open tasks of an agency that some of the roles may take, the most urgent first.
SELECT t.id, t.agency, t.role, t.service, t.definition_version, t.stage, t.state, t.holder,
    nullif(t.due_at, 'infinity') AS due_at, t.due_at::text AS due_key, t.opened_at, t.lane, t.submission, t.reference,
    t.summary, t.version
FROM unnest(%(roles)s::text[]) AS q (role)
CROSS JOIN LATERAL (
    SELECT * FROM task t
    WHERE t.agency = %(agency)s AND t.role = q.role AND t.closed_at IS NULL
        AND (t.due_at, t.id) > (%(due)s::timestamptz, %(after)s)
        AND (%(state)s = '' OR t.state = %(state)s)
    ORDER BY t.due_at, t.id LIMIT %(limit)s
) t
ORDER BY t.due_at, t.id LIMIT %(limit)s;

-- name: list_tasks_of_service
-- The same, of one service.
SELECT t.id, t.agency, t.role, t.service, t.definition_version, t.stage, t.state, t.holder,
    nullif(t.due_at, 'infinity') AS due_at, t.due_at::text AS due_key, t.opened_at, t.lane, t.submission, t.reference,
    t.summary, t.version
FROM unnest(%(roles)s::text[]) AS q (role)
CROSS JOIN LATERAL (
    SELECT * FROM task t
    WHERE t.agency = %(agency)s AND t.role = q.role AND t.service = %(service)s AND t.closed_at IS NULL
        AND (t.due_at, t.id) > (%(due)s::timestamptz, %(after)s)
        AND (%(state)s = '' OR t.state = %(state)s)
    ORDER BY t.due_at, t.id LIMIT %(limit)s
) t
ORDER BY t.due_at, t.id LIMIT %(limit)s;

-- name: list_held_tasks
-- Open tasks that one officer holds.
SELECT t.id, t.agency, t.role, t.service, t.definition_version, t.stage, t.state, t.holder,
    nullif(t.due_at, 'infinity') AS due_at, t.due_at::text AS due_key, t.opened_at, t.lane, t.submission, t.reference,
    t.summary, t.version
FROM task t
WHERE t.agency = %(agency)s AND t.holder = %(holder)s AND t.holder <> '' AND t.closed_at IS NULL
    AND (t.due_at, t.id) > (%(due)s::timestamptz, %(after)s)
    AND (%(state)s = '' OR t.state = %(state)s) AND (%(service)s = '' OR t.service = %(service)s)
ORDER BY t.due_at, t.id LIMIT %(limit)s;

-- name: list_tasks_in_state
-- The same, of a state that few tasks are in: any but pending.
SELECT t.id, t.agency, t.role, t.service, t.definition_version, t.stage, t.state, t.holder,
    nullif(t.due_at, 'infinity') AS due_at, t.due_at::text AS due_key, t.opened_at, t.lane, t.submission, t.reference,
    t.summary, t.version
FROM unnest(%(roles)s::text[]) AS q (role)
CROSS JOIN LATERAL (
    SELECT * FROM task t
    WHERE t.agency = %(agency)s AND t.role = q.role AND t.state = %(state)s AND t.state <> 'pending'
        AND t.closed_at IS NULL AND (t.due_at, t.id) > (%(due)s::timestamptz, %(after)s)
        AND (%(service)s = '' OR t.service = %(service)s)
    ORDER BY t.due_at, t.id LIMIT %(limit)s
) t
ORDER BY t.due_at, t.id LIMIT %(limit)s;

-- name: list_tasks_with_words
-- Tasks whose summary has the words, among the most urgent ones of each role: a search must not read a million rows.
SELECT t.id, t.agency, t.role, t.service, t.definition_version, t.stage, t.state, t.holder,
    nullif(t.due_at, 'infinity') AS due_at, t.due_at::text AS due_key, t.opened_at, t.lane, t.submission, t.reference,
    t.summary, t.version
FROM unnest(%(roles)s::text[]) AS q (role)
CROSS JOIN LATERAL (
    SELECT * FROM (
        SELECT * FROM task t
        WHERE t.agency = %(agency)s AND t.role = q.role AND t.closed_at IS NULL
            AND (t.due_at, t.id) > (%(due)s::timestamptz, %(after)s)
        ORDER BY t.due_at, t.id LIMIT %(window)s
    ) t
    WHERE strpos(lower(t.summary), lower(%(words)s)) > 0
        AND (%(state)s = '' OR t.state = %(state)s) AND (%(service)s = '' OR t.service = %(service)s)
    ORDER BY t.due_at, t.id LIMIT %(limit)s
) t
ORDER BY t.due_at, t.id LIMIT %(limit)s;

-- name: list_tasks_of_reference
-- Open tasks of one submission at an agency.
SELECT t.id, t.agency, t.role, t.service, t.definition_version, t.stage, t.state, t.holder,
    nullif(t.due_at, 'infinity') AS due_at, t.due_at::text AS due_key, t.opened_at, t.lane, t.submission, t.reference,
    t.summary, t.version
FROM reference r JOIN task t ON t.lane = r.lane AND t.submission = r.submission
WHERE r.lane = %(lane)s AND r.reference = %(reference)s AND t.agency = %(agency)s
    AND t.role = ANY (%(roles)s::text[]) AND t.closed_at IS NULL
    AND (t.due_at, t.id) > (%(due)s::timestamptz, %(after)s)
ORDER BY t.due_at, t.id LIMIT %(limit)s;

-- name: find_task
-- One task of an agency, open or closed.
SELECT t.id, t.agency, t.role, t.service, t.definition_version, t.stage, t.state, t.holder,
    nullif(t.due_at, 'infinity') AS due_at, t.opened_at, t.lane, t.submission, t.reference, t.summary, t.version
FROM task t WHERE t.agency = %(agency)s AND t.id = %(id)s;

-- name: list_notices
-- A recipient's notices after a number, in their order.
SELECT number, at, kind, service, reference, state, payload FROM notice
WHERE recipient = %(recipient)s AND number > %(after)s
ORDER BY number LIMIT %(limit)s;

-- name: lane_progress
-- How far a follower is in a lane, and how far the lane is.
SELECT l.head, coalesce(p.pos, 0) AS pos
FROM lane l LEFT JOIN position p ON p.lane = l.lane AND p.follower = %(follower)s
WHERE l.lane = %(lane)s;
