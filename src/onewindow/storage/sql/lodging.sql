-- name: count_refusal
-- A refused attempt, without content.
INSERT INTO refusal (id, at, service, lodger, mode, codes)
VALUES (%(id)s, %(at)s, %(service)s, %(lodger)s, %(mode)s, %(codes)s);

-- name: standing_submissions
-- Submissions by reference with the document as it stands, as standing rules see them.
SELECT q.asked, s.service, s.state, s.lodger, s.principal, s.life, s.mode, b.media, b.bytes, b.dictionary
FROM unnest(%(lanes)s::smallint[], %(references)s::text[], %(asked)s::text[]) AS q (lane, reference, asked)
JOIN reference r ON r.lane = q.lane AND r.reference = q.reference
JOIN submission s ON s.lane = r.lane AND s.id = r.submission
LEFT JOIN LATERAL (
    SELECT media, bytes, dictionary FROM body
    WHERE body.lane = s.lane AND body.submission = s.id ORDER BY version DESC LIMIT 1
) b ON true;

-- name: standing_attachments
-- The state of a party's uploaded files, as standing rules see them.
SELECT id, scan FROM attachment
WHERE lane = %(lane)s AND id = ANY (%(ids)s::uuid[]) AND owner = %(owner)s;
