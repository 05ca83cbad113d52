-- name: kept_space
-- Bytes of all tables with their indexes, and how many submissions they hold.
SELECT sum(pg_total_relation_size(c.oid))::bigint AS bytes, (SELECT count(*) FROM reference) AS submissions
FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace;

-- name: server_settings
-- Settings by name, as this session has them.
SELECT name, current_setting(name) FROM unnest(%(names)s::text[]) AS name;

-- name: next_log_segment
-- Go on in the next file of the write-ahead log; the word before it is needed, since an empty file is not left.
SELECT pg_logical_emit_message(false, 'bench', 'next'), pg_switch_wal();

-- name: checkpoint
-- Everything before this may be forgotten: the files of the write-ahead log that held it are kept for use again.
CHECKPOINT;

-- name: followed
-- How far a follower has read, and how far there is to read, over all lanes.
SELECT coalesce(sum(p.pos), 0)::bigint AS read, sum(l.head)::bigint AS head
FROM lane l LEFT JOIN position p ON p.lane = l.lane AND p.follower = %(follower)s;

-- name: fill_tasks
-- Open tasks of one agency, spread over its roles and services, due within the next thirty days or a little late.
INSERT INTO task (opened_at, due_at, submission, lane, agency, id, role, service, stage, state, reference, summary)
SELECT now() - mod(n, 2592000) * interval '1 second',
    now() + (mod(n::bigint * 7919, 2678400) - 86400) * interval '1 second',
    md5(n::text)::uuid, 60, %(agency)s, 'bench-' || md5(n::text),
    (%(roles)s::text[])[1 + mod(n, cardinality(%(roles)s::text[]))],
    (%(services)s::text[])[1 + mod(n / 7, cardinality(%(services)s::text[]))],
    %(stage)s, 'pending', upper(left(md5(n::text), 4)) || '-' || upper(substr(md5(n::text), 5, 4)) || '-BENCH',
    'Fook Lee Trading Company Limited · ' || n
FROM generate_series(1, %(many)s) AS n;
