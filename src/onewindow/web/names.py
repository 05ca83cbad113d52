"""Names of the people behind logins, a page's worth at a time."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model


def names_of(holders: Iterable[str]) -> dict[str, str]:
    """Holders of tasks (numbers of logins) with the name to show; one statement, none when nobody holds anything."""
    numbers = {holder for holder in holders if holder.isdecimal()}
    if not numbers:
        return {}
    users = get_user_model().objects.filter(pk__in=numbers).only("username", "first_name", "last_name")
    return {str(user.pk): user.get_full_name() or user.get_username() for user in users}
