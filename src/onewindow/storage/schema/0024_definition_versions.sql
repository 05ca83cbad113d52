-- What may not be taken away: a start asks this small table, not every submission.
CREATE TABLE definition_version (
    service text NOT NULL,
    version text NOT NULL,
    PRIMARY KEY (service, version)
);
COMMENT ON TABLE definition_version IS 'Versions of definitions that were ever served here: documents may have been lodged under each.';
INSERT INTO definition_version SELECT DISTINCT service, definition_version FROM submission;
GRANT SELECT, INSERT, DELETE ON definition_version TO {follower};
