-- Who acts is called by its Chinese name too, where it has one.

ALTER TABLE person ADD COLUMN name_zh text NOT NULL DEFAULT '';
COMMENT ON COLUMN person.name_zh IS 'The Chinese name as the person writes it; never converted between scripts.';
COMMENT ON COLUMN company.name_zh IS 'The Chinese name as registered; never converted between scripts.';
GRANT UPDATE (name_zh) ON person TO {web};

-- Lists show the Chinese name of a company that a document names in English.
CREATE INDEX company_by_name ON company (name);

DROP FUNCTION actor_of_key(bytea, timestamptz);
DROP FUNCTION actors_of_user(bigint, timestamptz);

CREATE FUNCTION actor_of_key(digest bytea, at timestamptz)
RETURNS TABLE (party text, name text, name_zh text, roles text[], scopes text[], mode text, principals text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public ROWS 1
BEGIN ATOMIC
    SELECT k.party, coalesce(c.name, k.label), coalesce(c.name_zh, ''), k.roles, k.scopes, k.mode,
        mandates_of(k.party, at)
    FROM api_key k LEFT JOIN company c ON 'company:' || c.id = k.party
    WHERE k.sha256 = digest AND (k.revoked_at IS NULL OR k.revoked_at > at);
END;

CREATE FUNCTION actors_of_user(login bigint, at timestamptz)
RETURNS TABLE (party text, name text, name_zh text, roles text[], principals text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT m.party, coalesce(c.name, m.party), coalesce(c.name_zh, ''), m.roles, mandates_of(m.party, at)
    FROM membership m LEFT JOIN company c ON 'company:' || c.id = m.party
    WHERE m.user_id = login AND (m.until IS NULL OR m.until > at)
    UNION ALL
    SELECT 'agency:' || o.agency, o.agency, '', o.roles, '{}'
    FROM officer o WHERE o.user_id = login AND (o.until IS NULL OR o.until > at)
    UNION ALL
    SELECT 'person:' || p.user_id, p.name, p.name_zh, '{person}', '{}'
    FROM person p WHERE p.user_id = login;
END;

REVOKE ALL ON FUNCTION actor_of_key(bytea, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION actors_of_user(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION actor_of_key(bytea, timestamptz), actors_of_user(bigint, timestamptz) TO {web}, {door};
