-- When a leg's next pledge may be broken: the clock follower looks here, so that a breach fires by its deadline and not
-- by reading everything that is open.
ALTER TABLE task ADD COLUMN alarm_at timestamptz;
COMMENT ON COLUMN task.alarm_at IS 'The earliest pledge of this leg that runs and is not broken yet; null when none does.';
CREATE INDEX task_alarm ON task (alarm_at) WHERE closed_at IS NULL AND alarm_at IS NOT NULL;
