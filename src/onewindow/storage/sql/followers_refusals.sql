-- name: refusals_open
-- Refused attempts of the last thirty days that no accepted document has followed yet, the latest first.
SELECT id, at, service, lodger, mode FROM refusal
WHERE accepted_at IS NULL AND at > %(at)s::timestamptz - interval '30 days'
ORDER BY at DESC
LIMIT %(many)s;

-- name: refusals_first_accepted
-- When the lodger's next document of the service was accepted.
SELECT lodged_at FROM submission
WHERE lane = %(lane)s AND lodger = %(lodger)s AND id >= first_id_of(%(day)s::date) AND service = %(service)s
    AND mode = %(mode)s AND lodged_at >= %(at)s
ORDER BY id
LIMIT 1;

-- name: refusals_accepted
-- How long it took from refusal to acceptance can now be told.
UPDATE refusal SET accepted_at = %(accepted_at)s WHERE id = %(id)s;
