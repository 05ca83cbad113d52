-- name: issued_standing
-- Whether an issued document still stands, for whoever holds its number.
SELECT service, issued_at, revoked_at, state, life FROM issued_standing(%(lane)s::smallint, %(number)s);
