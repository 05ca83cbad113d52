-- Who may do what. {web}, {door} and {follower} are this database's roles; migrate makes them and fills them in.
--
-- door and follower bypass row-level security (COPY is refused under it) and hold exactly the grants below.
-- web sees a row only through its tenant, set for one transaction by SET LOCAL onewindow.party = '…'.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {web}, {door}, {follower};
REVOKE ALL ON FUNCTION make_partitions() FROM PUBLIC;
REVOKE ALL ON FUNCTION make_year_partition(text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions() TO {follower};

-- door: the journal's only writer.
GRANT SELECT ON lane, submission, reference, claim, issued, detail, attachment TO {door};
GRANT SELECT ON company, mandate TO {door};
GRANT INSERT ON submission, reference, body, claim, event, detail, access, attachment, issued, refusal TO {door};
GRANT UPDATE (head) ON lane TO {door};
GRANT UPDATE (version, last_seq, last_hash, state, life, summary, digest, changed_at) ON submission TO {door};
GRANT SELECT (lane, submission, party), UPDATE (until) ON access TO {door};
GRANT UPDATE (revoked_at) ON issued TO {door};
GRANT UPDATE (submission) ON attachment TO {door};

-- follower: reads what is true, writes what is derived.
GRANT SELECT ON lane, submission, reference, body, claim, event, detail, access, attachment, issued, anchor, refusal
    TO {follower};
GRANT SELECT ON company, person, membership, mandate, officer TO {follower};
GRANT SELECT, INSERT, UPDATE, DELETE ON position, task, mailbox, notice TO {follower};
GRANT SELECT, INSERT, UPDATE ON delivery TO {follower};
GRANT SELECT, UPDATE (disabled_at) ON subscription TO {follower};
GRANT INSERT ON anchor TO {follower};
GRANT SELECT, INSERT, UPDATE ON access TO {follower};
GRANT UPDATE (scan, scanned_at) ON attachment TO {follower};
GRANT UPDATE (accepted_at) ON refusal TO {follower};
GRANT DELETE ON claim TO {follower};

-- web: pages and the ordinary calls.
GRANT SELECT ON lane, position, anchor TO {web};
GRANT SELECT ON submission, reference, body, event, detail, access, task, mailbox, notice, issued TO {web};
GRANT SELECT, INSERT, UPDATE (submission) ON attachment TO {web};
GRANT SELECT, INSERT, UPDATE, DELETE ON subscription, draft TO {web};
GRANT SELECT, UPDATE (next_at) ON delivery TO {web};
GRANT SELECT, INSERT, UPDATE (revoked_at, label) ON api_key TO {web};
GRANT SELECT, INSERT, UPDATE (until, revoked_at) ON mandate TO {web};
GRANT SELECT, INSERT, UPDATE (until, roles) ON membership TO {web};
GRANT SELECT ON officer TO {web};
GRANT SELECT, INSERT, UPDATE (name, mail, language) ON person TO {web};
GRANT SELECT, UPDATE (name, name_zh, mail) ON company TO {web};

-- The tenant. (SELECT tenant()) in a policy is evaluated once a statement; without a setting it is null: no rows.
CREATE FUNCTION tenant() RETURNS text
LANGUAGE sql STABLE
RETURN nullif(current_setting('onewindow.party', true), '');

CREATE FUNCTION tenant_agency() RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN starts_with(current_setting('onewindow.party', true), 'agency:')
            THEN substr(current_setting('onewindow.party', true), 8) END;

ALTER TABLE task ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON task TO {web} USING (agency = (SELECT tenant_agency()));

ALTER TABLE access ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON access TO {web} USING (party = (SELECT tenant()));

ALTER TABLE submission ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON submission TO {web} USING (
    lodger = (SELECT tenant())
    OR principal = (SELECT tenant())
    OR ((SELECT tenant_agency()) IS NOT NULL AND EXISTS (
        SELECT FROM task t
        WHERE t.lane = submission.lane AND t.submission = submission.id AND t.agency = (SELECT tenant_agency())))
    OR EXISTS (
        SELECT FROM access a
        WHERE a.lane = submission.lane AND a.submission = submission.id AND a.party = (SELECT tenant())
            AND (a.until IS NULL OR a.until > statement_timestamp())));

-- What belongs to a submission is seen by whoever sees the submission: these subqueries stand under its policy.
ALTER TABLE reference ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON reference TO {web} USING (EXISTS (
    SELECT FROM submission s WHERE s.lane = reference.lane AND s.id = reference.submission));

ALTER TABLE body ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON body TO {web} USING (EXISTS (
    SELECT FROM submission s WHERE s.lane = body.lane AND s.id = body.submission));

ALTER TABLE event ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON event TO {web} USING (EXISTS (
    SELECT FROM submission s WHERE s.lane = event.lane AND s.id = event.submission));

ALTER TABLE detail ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON detail TO {web} USING (EXISTS (
    SELECT FROM submission s WHERE s.lane = detail.lane AND s.id = detail.submission));

ALTER TABLE issued ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON issued TO {web} USING (EXISTS (
    SELECT FROM submission s WHERE s.lane = issued.lane AND s.id = issued.submission));

ALTER TABLE attachment ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON attachment TO {web}
    USING (owner = (SELECT tenant()) OR EXISTS (
        SELECT FROM submission s WHERE s.lane = attachment.lane AND s.id = attachment.submission))
    WITH CHECK (owner = (SELECT tenant()));

ALTER TABLE mailbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON mailbox TO {web} USING (recipient = (SELECT tenant()));

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notice TO {web} USING (recipient = (SELECT tenant()));

ALTER TABLE subscription ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON subscription TO {web} USING (party = (SELECT tenant()));

ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON delivery TO {web} USING (party = (SELECT tenant()));

ALTER TABLE draft ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON draft TO {web} USING (party = (SELECT tenant()));

ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON api_key TO {web} USING (party = (SELECT tenant()));

ALTER TABLE mandate ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON mandate FOR SELECT TO {web}
    USING (principal = (SELECT tenant()) OR agent = (SELECT tenant()));
CREATE POLICY gives ON mandate TO {web} USING (principal = (SELECT tenant()));

ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON membership TO {web} USING (party = (SELECT tenant()));

ALTER TABLE officer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON officer TO {web} USING (agency = (SELECT tenant_agency()));

ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON person TO {web} USING ('person:' || user_id = (SELECT tenant()));

-- The register of companies is open to everybody who is somebody; a company changes only itself.
ALTER TABLE company ENABLE ROW LEVEL SECURITY;
CREATE POLICY known ON company FOR SELECT TO {web} USING ((SELECT tenant()) IS NOT NULL);
CREATE POLICY own ON company FOR UPDATE TO {web} USING ('company:' || id = (SELECT tenant()));

-- Two questions are asked before there is a tenant: whose key is this, whose login is this.
CREATE FUNCTION mandates_of(party text, on_day timestamptz) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
RETURN (SELECT coalesce(array_agg(DISTINCT m.principal || coalesce('/' || service, '')), '{}')
        FROM public.mandate m LEFT JOIN LATERAL unnest(m.services) AS service ON true
        WHERE m.agent = party AND m.from_at <= on_day
            AND (m.until IS NULL OR m.until > on_day) AND m.revoked_at IS NULL);

CREATE FUNCTION actor_of_key(digest bytea, at timestamptz)
RETURNS TABLE (party text, name text, roles text[], scopes text[], mode text, principals text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public ROWS 1
BEGIN ATOMIC
    SELECT k.party, coalesce(c.name, k.label), k.roles, k.scopes, k.mode, mandates_of(k.party, at)
    FROM api_key k LEFT JOIN company c ON 'company:' || c.id = k.party
    WHERE k.sha256 = digest AND (k.revoked_at IS NULL OR k.revoked_at > at);
END;

CREATE FUNCTION actors_of_user(login bigint, at timestamptz)
RETURNS TABLE (party text, name text, roles text[], principals text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT m.party, coalesce(c.name, m.party), m.roles, mandates_of(m.party, at)
    FROM membership m LEFT JOIN company c ON 'company:' || c.id = m.party
    WHERE m.user_id = login AND (m.until IS NULL OR m.until > at)
    UNION ALL
    SELECT 'agency:' || o.agency, o.agency, o.roles, '{}'
    FROM officer o WHERE o.user_id = login AND (o.until IS NULL OR o.until > at)
    UNION ALL
    SELECT 'person:' || p.user_id, p.name, '{person}', '{}'
    FROM person p WHERE p.user_id = login;
END;

-- Anyone who holds a licence in the hand may ask whether it still stands: number in, standing out, nothing else.
CREATE FUNCTION issued_standing(in_lane smallint, in_number text)
RETURNS TABLE (service text, issued_at timestamptz, revoked_at timestamptz, state text, life bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public ROWS 1
BEGIN ATOMIC
    SELECT i.service, i.issued_at, i.revoked_at, s.state, s.life
    FROM issued i JOIN submission s ON s.lane = i.lane AND s.id = i.submission
    WHERE i.lane = in_lane AND i.number = in_number;
END;

REVOKE ALL ON FUNCTION mandates_of(text, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION actor_of_key(bytea, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION actors_of_user(bigint, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION issued_standing(smallint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mandates_of(text, timestamptz), actor_of_key(bytea, timestamptz),
    actors_of_user(bigint, timestamptz), issued_standing(smallint, text) TO {web}, {door};
