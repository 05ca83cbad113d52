-- web finds a submission by the sender's reference through its claim: the tokens are computed, no further index is needed.
GRANT SELECT (lane, token, submission) ON claim TO {web};
ALTER TABLE claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON claim TO {web} USING (EXISTS (
    SELECT FROM submission s WHERE s.lane = claim.lane AND s.id = claim.submission));

-- Standing rules compare with the documents that a document refers to.
GRANT SELECT ON body TO {door};
