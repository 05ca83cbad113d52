"""People without an account: a secret to come back with makes the party, so nothing about it needs to be kept."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.http import HttpRequest

from onewindow.kernel.actor import Actor
from onewindow.kernel.reference import ALPHABET

CASES = "cases"
SECRETS = "secrets"
CASES_MOST = 20
GROUPS, LETTERS = 4, 5
"""Four groups of five characters of 32: 100 bits."""


def fresh_secret() -> str:
    """`7Q2KM-4XD91-TB8FA-0ZC3W`, easy to read aloud."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))


def normal_secret(typed: str) -> str:
    """A secret as it was given out, however it was typed."""
    plain = "".join(character for character in typed.upper() if character.isalnum())[:40]
    plain = plain.translate(str.maketrans("OIL", "011"))
    return "-".join(plain[at : at + LETTERS] for at in range(0, len(plain), LETTERS))


def actor_with(secret: str) -> Actor:
    """The lodger of the case that was lodged with this secret."""
    return Actor(party="anonymous:" + sha256(secret.encode()).hexdigest()[:40], roles=frozenset({"anyone"}))


def remember(request: HttpRequest, reference: str, actor: Actor) -> None:
    """This session may open the case again without typing the secret."""
    cases = {**request.session.get(CASES, {}), reference: actor.party}
    request.session[CASES] = dict(list(cases.items())[-CASES_MOST:])


def remembered(request: HttpRequest, reference: str) -> Actor | None:
    """The actor that opened this case in this session before."""
    party = request.session.get(CASES, {}).get(reference)
    return Actor(party=party, roles=frozenset({"anyone"})) if party else None


def keep_secret(request: HttpRequest, reference: str, secret: str) -> None:
    """The receipt of a case shows its secret for as long as this session lasts."""
    known = {**request.session.get(SECRETS, {}), reference: secret}
    request.session[SECRETS] = dict(list(known.items())[-CASES_MOST:])


def secret_of(request: HttpRequest, reference: str) -> str:
    """The secret of a case that was lodged in this session; empty otherwise."""
    return str(request.session.get(SECRETS, {}).get(reference, ""))
