"""A browser's session of an officer, made as signing in makes it."""

from __future__ import annotations

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore

from onewindow.bootstrap import Platform
from onewindow.kernel.actor import Party
from onewindow.kernel.words import registered_name
from onewindow.storage.enrolment import Enrolment


def cookie_of(platform: Platform, party: Party, roles: tuple[str, ...]) -> str:
    """The Cookie header of a fresh login that acts for `party`. Django must be set up and the database migrated."""
    user = get_user_model().objects.create(username="bench-officer")
    with psycopg.connect(platform.owner_dsn) as connection:
        enrolment = Enrolment(connection)
        enrolment.person(user.pk, name=registered_name("Bench Officer", ""), mail="bench@example.hk")
        enrolment.seat(user.pk, party, roles)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
