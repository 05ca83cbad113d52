-- name: attached_files
-- Files by their ids, in whatever lane their owner has.
SELECT lane, id, owner, submission FROM attachment
WHERE lane = ANY (%(lanes)s::smallint[]) AND id = ANY (%(ids)s::uuid[]) AND erased_at IS NULL;

-- name: attach_here
-- A file of the submission's own lane belongs to it from now on.
UPDATE attachment SET submission = %(submission)s
WHERE lane = %(lane)s AND id = %(id)s AND submission IS NULL;

-- name: attach_copy
-- A file of another lane comes to the submission as a copy, scanned or not as it was.
INSERT INTO attachment (lane, id, submission, at, scanned_at, size, owner, name, media, scan, digest, bytes)
SELECT %(lane)s, id, %(submission)s, at, scanned_at, size, owner, name, media, scan, digest, bytes
FROM attachment WHERE lane = %(from)s AND id = %(id)s
ON CONFLICT DO NOTHING;
