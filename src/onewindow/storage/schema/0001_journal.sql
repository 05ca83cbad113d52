-- The journal: what is true. Everything else can be rebuilt from these tables.
--
-- `lane` stands first in every key. Ids, times, hashes and positions come from the application: there are no sequences,
-- no volatile defaults and no triggers. Nothing here points at a table of accounts.

CREATE TABLE lane (
    lane smallint PRIMARY KEY,
    node smallint NOT NULL DEFAULT 0,
    head bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE lane IS 'Unit of order. head is the last position given out; it is taken last in a transaction.';

INSERT INTO lane (lane)
SELECT unnest(ARRAY[
    60, 8, 82, 1, 31, 88, 79, 24, 10, 92, 48, 109, 5, 112, 50, 166, 4, 7, 17, 172, 16, 96, 170, 85, 36, 89, 19, 0, 37,
    45, 101, 3, 113, 52, 62, 99, 136, 168, 46, 28, 6, 66, 70, 21, 83, 39, 43, 13, 2, 351, 27, 95, 58, 149, 41, 179, 9,
    80, 59, 22, 12, 11, 44, 18
]);

CREATE TABLE submission (
    id uuid NOT NULL,
    lodged_at timestamptz NOT NULL,
    changed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    last_seq integer NOT NULL DEFAULT 1,
    lane smallint NOT NULL,
    reference text NOT NULL,
    service text NOT NULL,
    definition_version text NOT NULL,
    lodger text NOT NULL,
    principal text NOT NULL,
    sender_reference text NOT NULL,
    mode text NOT NULL,
    state text NOT NULL,
    digest bytea NOT NULL,
    last_hash bytea NOT NULL,
    summary text NOT NULL,
    life bytea NOT NULL DEFAULT '',
    PRIMARY KEY (lane, id)
) PARTITION BY RANGE (id);
COMMENT ON TABLE submission IS 'One row a submission: its facts, its version and its life. The unit of consistency.';
CREATE INDEX submission_by_lodger ON submission (lane, lodger, id);
CREATE INDEX submission_by_principal ON submission (lane, principal, id) WHERE principal <> lodger;

CREATE TABLE reference (
    submission uuid NOT NULL,
    lane smallint NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (lane, reference)
);
COMMENT ON TABLE reference IS
    'Makes references unique: a unique key of a partitioned table would have to hold the partition key.';

CREATE TABLE body (
    submission uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    lane smallint NOT NULL,
    dictionary smallint NOT NULL DEFAULT 0,
    media text NOT NULL,
    bytes bytea,
    erased_at timestamptz,
    PRIMARY KEY (lane, submission, version)
) PARTITION BY RANGE (submission);
COMMENT ON TABLE body IS
    'The documents as they came, zstd. Erasable: bytes go, the row and the digest in its event stay.';
ALTER TABLE body ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE claim (
    submission uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    made date NOT NULL,
    lane smallint NOT NULL,
    token bytea NOT NULL,
    digest bytea NOT NULL,
    state text NOT NULL,
    PRIMARY KEY (lane, token)
);
COMMENT ON TABLE claim IS
    'Idempotency keys (token begins K) and sender''s references (S): which submission and version they stand for.';

CREATE TABLE event (
    pos bigint NOT NULL,
    at timestamptz NOT NULL,
    submission uuid NOT NULL,
    seq integer NOT NULL,
    version integer NOT NULL,
    lane smallint NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    cause text,
    payload bytea NOT NULL,
    salt bytea NOT NULL,
    hash bytea NOT NULL,
    body bytea,
    words bytea,
    PRIMARY KEY (lane, pos)
) PARTITION BY RANGE (pos);
COMMENT ON TABLE event IS
    'Append-only facts, gapless in each lane. body is the SHA-256 of the document this event brought, words the salted digest of its detail.';
CREATE INDEX event_by_submission ON event (lane, submission, seq);

CREATE TABLE detail (
    submission uuid NOT NULL,
    seq integer NOT NULL,
    lane smallint NOT NULL,
    salt bytea,
    words bytea,
    erased_at timestamptz,
    PRIMARY KEY (lane, submission, seq)
);
COMMENT ON TABLE detail IS 'Words, names and free text of an event. Erasable, with the salt of their digest.';

CREATE TABLE access (
    submission uuid NOT NULL,
    until timestamptz,
    lane smallint NOT NULL,
    party text NOT NULL,
    PRIMARY KEY (lane, submission, party)
);
COMMENT ON TABLE access IS 'Who may see a submission besides its lodger and principal.';

CREATE TABLE attachment (
    id uuid NOT NULL,
    submission uuid,
    at timestamptz NOT NULL,
    scanned_at timestamptz,
    erased_at timestamptz,
    size integer NOT NULL,
    lane smallint NOT NULL,
    owner text NOT NULL,
    name text NOT NULL,
    media text NOT NULL,
    scan text NOT NULL DEFAULT 'unscanned' CHECK (scan IN ('unscanned', 'clean', 'infected')),
    digest bytea NOT NULL,
    bytes bytea,
    PRIMARY KEY (lane, id)
);
COMMENT ON TABLE attachment IS 'Uploaded files, in quarantine until they are scanned. Erasable.';
ALTER TABLE attachment ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX attachment_by_submission ON attachment (lane, submission);
CREATE INDEX attachment_unscanned ON attachment (lane, at) WHERE scan = 'unscanned';

CREATE TABLE issued (
    submission uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    revoked_at timestamptz,
    lane smallint NOT NULL,
    number text NOT NULL,
    service text NOT NULL,
    key_id text NOT NULL,
    payload bytea NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (lane, number)
);
COMMENT ON TABLE issued IS 'Licences and certificates as they were signed.';
CREATE INDEX issued_by_submission ON issued (lane, submission);

CREATE TABLE anchor (
    last_pos bigint NOT NULL,
    first_pos bigint NOT NULL,
    at timestamptz NOT NULL,
    lane smallint NOT NULL,
    root bytea NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (lane, last_pos)
);
COMMENT ON TABLE anchor IS 'Signed Merkle roots of closed ranges of a lane; the same lines stand in a file outside the database.';
