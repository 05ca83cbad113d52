-- name: open_submissions
-- References with something open, a page at a time.
SELECT DISTINCT reference FROM task
WHERE closed_at IS NULL AND reference > %(after)s
ORDER BY reference
LIMIT %(many)s;
