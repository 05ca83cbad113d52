"""The demonstration's one-click sign-in: only when the installation says so, and never on one that others can reach."""

from __future__ import annotations

import ipaddress
import os

from onewindow.settings import Settings

BEYOND_LOOPBACK = "ONEWINDOW_DEMO_BEYOND_LOOPBACK"


class DemonstrationRefused(Exception):
    """The demonstration was asked for where it would open a real installation to everyone."""


def demonstration_is_allowed(settings: Settings) -> bool:
    """False unless asked for. Raises DemonstrationRefused on an outside database or an address others can reach."""
    if not settings.demo:
        return False
    if os.environ.get(BEYOND_LOOPBACK) == "yes":
        return True
    if settings.database_url is not None:
        raise DemonstrationRefused(
            "ONEWINDOW_DEMO would let anyone sign in to the database at DATABASE_URL. Leave one of the two out, "
            f"or say {BEYOND_LOOPBACK}=yes if that database is there for demonstrations only."
        )
    if not _is_loopback(settings.host):
        raise DemonstrationRefused(
            f"ONEWINDOW_DEMO would let everyone who reaches {settings.host} sign in. Listen on 127.0.0.1, "
            f"or say {BEYOND_LOOPBACK}=yes if that is what you want."
        )
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
