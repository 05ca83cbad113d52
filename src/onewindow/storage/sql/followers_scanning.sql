-- name: scan_next
-- Files of a lane that nobody has scanned yet, the oldest first.
SELECT id, bytes FROM attachment
WHERE lane = %(lane)s AND scan = 'unscanned' AND bytes IS NOT NULL
ORDER BY at
LIMIT %(many)s;

-- name: scan_done
-- What the scanner found.
UPDATE attachment SET scan = %(scan)s, scanned_at = %(at)s WHERE lane = %(lane)s AND id = %(id)s;
