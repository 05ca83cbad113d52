"""Signing in with a password, with a second factor, and how often one may try."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time

import psycopg

from acceptance.house import WORKLIST, House, Visitor

PASSWORD = "correct horse battery staple"
_SECRET = re.compile(r'value="([A-Z2-7]{32})"')


def _give_password(pages: House, login: str) -> None:
    """As Django keeps passwords: PBKDF2 with SHA-256."""
    salt, rounds = secrets.token_hex(8), 1000
    digest = base64.b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), rounds)).decode()
    with psycopg.connect(pages.owner_dsn) as connection:
        kept = f"pbkdf2_sha256${rounds}${salt}${digest}"
        connection.execute("UPDATE login SET password = %s WHERE username = %s", (kept, login))


def _code(secret: str) -> str:
    """The six digits of RFC 6238 for now."""
    counter = int(time.time()) // 30
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def _sign_in(visitor: Visitor, login: str, password: str) -> int:
    visitor.get("/sign-in/")
    return visitor.post("/account/login/", login=login, password=password).status_code


def test_a_password_opens_the_account_it_belongs_to_and_a_wrong_one_does_not(pages: House) -> None:
    _give_password(pages, "electrical")
    visitor = pages.visitor()
    assert _sign_in(visitor, "electrical", "wrong") == 200
    assert visitor.get(f"/{WORKLIST}/").status_code == 302
    assert _sign_in(visitor, "electrical", PASSWORD) == 302
    assert visitor.get(f"/{WORKLIST}/").status_code == 200


def test_with_a_second_factor_a_password_alone_opens_nothing(pages: House) -> None:
    _give_password(pages, "highways")
    visitor = pages.visitor()
    assert _sign_in(visitor, "highways", PASSWORD) == 302
    asked = visitor.get("/account/two-factor/totp/activate/").headers["location"]
    visitor.get(asked)
    assert visitor.post(asked, password=PASSWORD).status_code == 302, "the password is asked for once more"
    answer = visitor.get("/account/two-factor/totp/activate/")
    assert answer.status_code == 200
    secret = _SECRET.search(answer.text)
    assert secret
    activated = visitor.post("/account/two-factor/totp/activate/", code=_code(secret[1]))
    assert activated.status_code == 302, activated.text[-1500:]

    later = pages.visitor()
    assert _sign_in(later, "highways", PASSWORD) == 302
    assert later.get(f"/{WORKLIST}/").status_code == 302, "the password alone is not enough"
    later.get("/account/two-factor/authenticate/")
    assert later.post("/account/two-factor/authenticate/", code="000000").status_code == 200
    assert later.get(f"/{WORKLIST}/").status_code == 302


def test_guessing_a_password_is_stopped_after_a_few_tries(pages: House) -> None:
    _give_password(pages, "intermediary")
    visitor = pages.visitor()
    for _ in range(12):
        _sign_in(visitor, "intermediary", "guess")
    assert _sign_in(visitor, "intermediary", PASSWORD) != 302, "even the right one has to wait now"


def test_nobody_makes_an_account_for_themselves(pages: House) -> None:
    for path in ("/account/signup/", "/accounts/signup/", "/signup/"):
        assert pages.visitor().get(path).status_code == 404
