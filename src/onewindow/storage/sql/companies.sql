-- name: own_company
-- The company behind a party.
SELECT id, name, name_zh, identifier, kind, mail FROM company WHERE 'company:' || id = %(party)s;

-- name: company_by_identifier
-- The company registered under a number, for giving it a mandate.
SELECT id, name, name_zh, identifier, kind, mail FROM company WHERE identifier = %(identifier)s AND closed_at IS NULL;

-- name: chinese_names
-- The Chinese names of companies registered under these English ones; a name that several companies share says nothing.
SELECT name, min(name_zh) AS name_zh FROM company WHERE name = ANY (%(names)s)
GROUP BY name HAVING count(*) = 1 AND min(name_zh) <> '';

-- name: own_keys
-- The party's keys, newest first; only their digests are known.
SELECT sha256, created, revoked_at, roles, scopes, mode, label FROM api_key
WHERE party = %(party)s ORDER BY created DESC LIMIT 100;

-- name: make_key
-- A key of the party.
INSERT INTO api_key (sha256, created, party, roles, scopes, mode, label)
VALUES (%(sha256)s, %(at)s, %(party)s, %(roles)s, %(scopes)s, %(mode)s, %(label)s);

-- name: revoke_key
-- The key lets nobody in from now on.
UPDATE api_key SET revoked_at = %(at)s WHERE sha256 = %(sha256)s AND party = %(party)s AND revoked_at IS NULL;

-- name: own_mandates
-- Mandates the party gave and those it holds, those in force first.
SELECT m.id, m.from_at, m.until, m.revoked_at, m.services, m.principal = %(party)s AS given,
    coalesce(c.name, CASE WHEN m.principal = %(party)s THEN m.agent ELSE m.principal END) AS other_name,
    coalesce(c.name_zh, '') AS other_name_zh
FROM mandate m
LEFT JOIN company c ON 'company:' || c.id = CASE WHEN m.principal = %(party)s THEN m.agent ELSE m.principal END
WHERE m.principal = %(party)s OR m.agent = %(party)s
ORDER BY m.revoked_at IS NOT NULL, m.until DESC NULLS FIRST, m.id LIMIT 200;

-- name: give_mandate
-- Another company may lodge for the party.
INSERT INTO mandate (id, from_at, until, principal, agent, services)
VALUES (%(id)s, %(at)s, %(until)s, %(party)s, %(agent)s, %(services)s);

-- name: end_mandate
-- What was lodged under it stays readable; nothing new may be.
UPDATE mandate SET revoked_at = %(at)s WHERE id = %(id)s AND principal = %(party)s AND revoked_at IS NULL;
