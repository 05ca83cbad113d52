-- What followers derive from the journal, and what they send. task, mailbox and notice can be rebuilt; delivery never is.

CREATE TABLE position (
    pos bigint NOT NULL DEFAULT 0,
    lane smallint NOT NULL,
    follower text NOT NULL,
    PRIMARY KEY (lane, follower)
) WITH (fillfactor = 50);
COMMENT ON TABLE position IS 'How far each follower has read each lane; committed with what it wrote.';

CREATE TABLE task (
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL DEFAULT 'infinity',
    closed_at timestamptz,
    submission uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    lane smallint NOT NULL,
    agency text NOT NULL,
    id text NOT NULL,
    role text NOT NULL,
    service text NOT NULL,
    stage text NOT NULL,
    state text NOT NULL,
    holder text NOT NULL DEFAULT '',
    reference text NOT NULL,
    summary text NOT NULL,
    PRIMARY KEY (agency, id)
) WITH (fillfactor = 90);
COMMENT ON TABLE task IS 'Work lists, by agency. due_at is infinity where nothing is pledged. Derived.';
CREATE INDEX task_open ON task (agency, role, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX task_open_by_service ON task (agency, role, service, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX task_held ON task (agency, holder, due_at, id) WHERE closed_at IS NULL AND holder <> '';
CREATE INDEX task_by_submission ON task (lane, submission);

CREATE TABLE mailbox (
    recipient text PRIMARY KEY,
    head bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE notice (
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    submission uuid NOT NULL,
    lane smallint NOT NULL,
    recipient text NOT NULL,
    cause text NOT NULL,
    kind text NOT NULL,
    service text NOT NULL,
    reference text NOT NULL,
    state text NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (recipient, number)
);
COMMENT ON TABLE notice IS 'Notices, numbered for each recipient without gaps. Derived; cause makes a repeat change nothing.';
CREATE UNIQUE INDEX notice_once ON notice (recipient, cause);

CREATE TABLE subscription (
    id uuid PRIMARY KEY,
    created timestamptz NOT NULL,
    disabled_at timestamptz,
    party text NOT NULL,
    url text NOT NULL,
    secret text NOT NULL,
    kinds text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE subscription IS 'Webhooks: where a party wants its notices sent.';
CREATE INDEX subscription_by_party ON subscription (party);

CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    made timestamptz NOT NULL,
    next_at timestamptz,
    done_at timestamptz,
    subscription uuid,
    number bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    status integer NOT NULL DEFAULT 0,
    carrier text NOT NULL CHECK (carrier IN ('webhook', 'mail')),
    party text NOT NULL,
    target text NOT NULL,
    said text NOT NULL DEFAULT '',
    payload bytea NOT NULL
);
COMMENT ON TABLE delivery IS 'What left or has to leave the house: at least once, with a stable id. Never rebuilt.';
CREATE INDEX delivery_due ON delivery (next_at, id) WHERE done_at IS NULL AND next_at IS NOT NULL;
CREATE INDEX delivery_by_party ON delivery (party, made);

CREATE TABLE refusal (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    accepted_at timestamptz,
    service text NOT NULL,
    lodger text NOT NULL,
    mode text NOT NULL,
    codes text[] NOT NULL
);
COMMENT ON TABLE refusal IS 'Refused attempts, without content: how often, by which rules, and how long until accepted.';
CREATE INDEX refusal_by_service ON refusal (service, at);
