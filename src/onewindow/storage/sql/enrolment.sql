-- name: enrol_company
-- A company as the register knows it; names follow what is given.
INSERT INTO company (id, created, name, name_zh, identifier, kind, mail)
VALUES (%(id)s, now(), %(name)s, %(name_zh)s, %(identifier)s, %(kind)s, %(mail)s)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_zh = excluded.name_zh, identifier = excluded.identifier,
    kind = excluded.kind, mail = excluded.mail;

-- name: enrol_person
-- The person behind a login.
INSERT INTO person (user_id, created, name, name_zh, mail, language)
VALUES (%(user_id)s, now(), %(name)s, %(name_zh)s, %(mail)s, %(language)s)
ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, name_zh = excluded.name_zh, mail = excluded.mail;

-- name: enrol_member
-- A login acts for a company with these roles.
INSERT INTO membership (user_id, party, roles)
VALUES (%(user_id)s, %(party)s, %(roles)s)
ON CONFLICT (user_id, party) DO UPDATE SET roles = excluded.roles, until = NULL;

-- name: enrol_officer
-- A login is an officer of an agency with these roles.
INSERT INTO officer (user_id, agency, roles)
VALUES (%(user_id)s, %(agency)s, %(roles)s)
ON CONFLICT (user_id, agency) DO UPDATE SET roles = excluded.roles, until = NULL;

-- name: enrol_mandate
-- A broker may lodge for a principal.
INSERT INTO mandate (id, from_at, until, principal, agent)
VALUES (%(id)s, %(from_at)s, %(until)s, %(principal)s, %(agent)s)
ON CONFLICT (id) DO UPDATE SET from_at = excluded.from_at, until = excluded.until;

-- name: enrol_key
-- A key, of which only the SHA-256 is kept.
INSERT INTO api_key (sha256, created, party, roles, scopes, mode, label)
VALUES (%(sha256)s, now(), %(party)s, %(roles)s, %(scopes)s, %(mode)s, %(label)s)
ON CONFLICT (sha256) DO UPDATE SET roles = excluded.roles, label = excluded.label;

-- name: knows_others
-- Whether anybody is known besides these companies and logins.
SELECT EXISTS (SELECT FROM company WHERE id <> ALL (%(companies)s))
    OR EXISTS (SELECT FROM login WHERE username <> ALL (%(logins)s));
