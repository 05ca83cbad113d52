-- name: list_issued
-- The documents issued to a submission, the newest first.
SELECT number, service, key_id, payload, signature, issued_at, revoked_at FROM issued
WHERE lane = %(lane)s AND submission = %(submission)s
ORDER BY issued_at DESC, number;
