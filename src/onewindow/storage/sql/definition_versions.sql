-- name: versions_served
-- Versions that are kept now; documents may be lodged under them from here on.
INSERT INTO definition_version (service, version)
SELECT * FROM unnest(%(services)s::text[], %(versions)s::text[]) ON CONFLICT DO NOTHING;

-- name: versions_forgotten
-- Versions that were served, are not kept any more, and that nothing was lodged under.
DELETE FROM definition_version d
WHERE NOT EXISTS (
    SELECT FROM unnest(%(services)s::text[], %(versions)s::text[]) AS k (service, version)
    WHERE k.service = d.service AND k.version = d.version
) AND NOT EXISTS (
    SELECT FROM lane l JOIN submission s ON s.lane = l.lane
    WHERE s.service = d.service AND s.definition_version = d.version
);

-- name: versions_missing
-- Versions that documents were lodged under and that are not kept any more.
SELECT service, version FROM definition_version
EXCEPT SELECT * FROM unnest(%(services)s::text[], %(versions)s::text[])
ORDER BY service, version;
