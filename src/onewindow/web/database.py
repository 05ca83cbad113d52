"""Django's own tables (logins, sessions, drafts) live in the installation's database, entered as `web`."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from onewindow.bootstrap import platform

POOL = {"min_size": 1, "max_size": 12, "timeout": 5}
_PLACES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def django_databases() -> dict[str, dict[str, Any]]:
    """`default` for pages, as `web` and pooled; `owner` for `migrate --database owner` alone."""
    return {
        "default": _database(platform().dsn("web"), {"pool": POOL}),
        "owner": _database(platform().owner_dsn, {}),
    }


def _database(dsn: str, options: dict[str, Any]) -> dict[str, Any]:
    parts = conninfo_to_dict(dsn)
    more = {name: value for name, value in parts.items() if name not in _PLACES}
    places = {ours: str(parts.get(name) or "") for name, ours in _PLACES.items()}
    return {"ENGINE": "django.db.backends.postgresql", **places, "OPTIONS": {**more, **options}}
