-- Who is who. Logins themselves (passwords, sessions, second factors) are Django's tables.

CREATE TABLE company (
    id text PRIMARY KEY,
    created timestamptz NOT NULL,
    closed_at timestamptz,
    name text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    identifier text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT 'trader',
    mail text NOT NULL DEFAULT ''
);
COMMENT ON TABLE company IS 'The party company:<id>. identifier is the business registration number.';
CREATE INDEX company_by_identifier ON company (identifier) WHERE identifier <> '';

CREATE TABLE person (
    user_id bigint PRIMARY KEY,
    created timestamptz NOT NULL,
    name text NOT NULL,
    mail text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'en'
);
COMMENT ON TABLE person IS 'The person behind a login; as a lodger the party person:<user_id>.';

CREATE TABLE membership (
    user_id bigint NOT NULL,
    until timestamptz,
    party text NOT NULL,
    roles text[] NOT NULL,
    PRIMARY KEY (user_id, party)
);
COMMENT ON TABLE membership IS 'For which company a login may act, with which roles, until when.';
CREATE INDEX membership_by_party ON membership (party);

CREATE TABLE mandate (
    id uuid PRIMARY KEY,
    from_at timestamptz NOT NULL,
    until timestamptz,
    revoked_at timestamptz,
    principal text NOT NULL,
    agent text NOT NULL,
    services text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE mandate IS 'agent may lodge for principal (empty services: all). What was lodged stays readable afterwards.';
CREATE INDEX mandate_by_principal ON mandate (principal);
CREATE INDEX mandate_by_agent ON mandate (agent);

CREATE TABLE officer (
    user_id bigint NOT NULL,
    until timestamptz,
    agency text NOT NULL,
    roles text[] NOT NULL,
    PRIMARY KEY (user_id, agency)
);
COMMENT ON TABLE officer IS 'Officers of the party agency:<code>, with their roles there.';

CREATE TABLE api_key (
    sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
    created timestamptz NOT NULL,
    revoked_at timestamptz,
    party text NOT NULL,
    roles text[] NOT NULL,
    scopes text[] NOT NULL DEFAULT '{}',
    mode text NOT NULL DEFAULT 'live' CHECK (mode IN ('live', 'test')),
    label text NOT NULL
);
COMMENT ON TABLE api_key IS 'Keys of 256 random bits, kept only as their SHA-256.';
CREATE INDEX api_key_by_party ON api_key (party);

CREATE TABLE draft (
    id uuid PRIMARY KEY,
    changed_at timestamptz NOT NULL,
    user_id bigint NOT NULL,
    party text NOT NULL,
    service text NOT NULL,
    title text NOT NULL DEFAULT '',
    content bytea NOT NULL
);
COMMENT ON TABLE draft IS 'Forms half filled in. Not lodged, not in the journal.';
CREATE INDEX draft_by_party ON draft (party, changed_at);
