-- Tasks in the states that few are in: claimed, held, split. Pending ones are found by task_open.
CREATE INDEX task_in_state ON task (agency, role, state, due_at, id) WHERE closed_at IS NULL AND state <> 'pending';
