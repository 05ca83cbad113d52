-- name: actor_of_key
-- The party, roles, scopes, mode and mandates behind the SHA-256 of a key.
SELECT party, name, name_zh, roles, scopes, mode, principals FROM actor_of_key(%(digest)s, %(at)s);

-- name: actors_of_user
-- Every party a login may act for.
SELECT party, name, name_zh, roles, principals FROM actors_of_user(%(login)s, %(at)s);

-- name: parties_of_identifiers
-- Companies by the identifiers that documents name them with.
SELECT identifier, 'company:' || id AS party FROM company
WHERE identifier = ANY (%(identifiers)s) AND identifier <> '' AND closed_at IS NULL;
