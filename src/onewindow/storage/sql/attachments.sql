-- name: keep_attachment
-- An uploaded file, unscanned; one with the same id stays as it is.
INSERT INTO attachment (lane, id, owner, name, media, size, digest, bytes, at)
VALUES (%(lane)s, %(id)s, %(owner)s, %(name)s, %(media)s, %(size)s, %(digest)s, %(bytes)s, %(at)s)
ON CONFLICT DO NOTHING;

-- name: find_attachment
-- A file by its id, without its bytes.
SELECT id, name, media, size, digest, scan, at FROM attachment
WHERE lane = %(lane)s AND id = %(id)s AND erased_at IS NULL;

-- name: read_attachment
-- The bytes of a file that was found clean.
SELECT bytes FROM attachment
WHERE lane = %(lane)s AND id = %(id)s AND scan = 'clean' AND erased_at IS NULL;
