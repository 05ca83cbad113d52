-- name: worklist_copy
-- Tasks of what was lodged, in bulk.
COPY task (
    opened_at, due_at, alarm_at, submission, lane, agency, id, role, service, definition_version, stage, state,
    reference, summary
) FROM STDIN (FORMAT BINARY);

-- name: worklist_change
-- Tasks as an act left them: new ones, changed ones, closed ones.
INSERT INTO task AS t (
    opened_at, due_at, alarm_at, closed_at, submission, version, lane, agency, id, role, service, definition_version,
    stage, state, holder, reference, summary
)
SELECT opened_at, coalesce(due_at, 'infinity'), alarm_at, closed_at, submission, version, %(lane)s, agency, id, role,
    service, definition_version, stage, state, holder, reference, summary
FROM unnest(
    %(opened_at)s::timestamptz[], %(due_at)s::timestamptz[], %(alarm_at)s::timestamptz[],
    %(closed_at)s::timestamptz[], %(submission)s::uuid[], %(version)s::integer[], %(agency)s::text[], %(id)s::text[],
    %(role)s::text[], %(service)s::text[], %(definition_version)s::text[], %(stage)s::text[], %(state)s::text[],
    %(holder)s::text[], %(reference)s::text[], %(summary)s::text[]
) AS q (
    opened_at, due_at, alarm_at, closed_at, submission, version, agency, id, role, service, definition_version, stage,
    state, holder, reference, summary
)
ORDER BY agency, id
ON CONFLICT (agency, id) DO UPDATE
SET due_at = excluded.due_at, alarm_at = excluded.alarm_at, closed_at = excluded.closed_at,
    version = excluded.version, state = excluded.state, holder = excluded.holder, summary = excluded.summary;

-- name: worklist_clear
-- Every task, before all are derived anew.
DELETE FROM task;
