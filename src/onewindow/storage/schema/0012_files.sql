-- A file lies in its owner's lane until something names it; a follower brings it to the submission that it belongs to.
GRANT INSERT, UPDATE (submission) ON attachment TO {follower};
