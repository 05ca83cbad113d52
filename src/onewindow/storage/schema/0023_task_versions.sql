-- A task is shown in the words of the definition that its submission was lodged under.
ALTER TABLE task ADD COLUMN definition_version text NOT NULL DEFAULT '';
UPDATE task t SET definition_version = s.definition_version
FROM submission s WHERE s.lane = t.lane AND s.id = t.submission;
