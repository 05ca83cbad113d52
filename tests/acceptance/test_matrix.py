"""Who may see what: every role on every route, with an object of its own and with a stranger's.

A route that is not in the table fails; so does a row for a route that is gone. A stranger's object is 404, never 403:
whether it exists is nobody's business.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acceptance.house import WORKLIST, House, Visitor
from acceptance.routes import routes

ROLES = ("nobody", "owner", "clerk", "other", "officer", "licensing", "agent")
SIGN_IN = 302
"""Pages that need a login send strangers to the sign-in page."""

SAME = "same for all"
MATRIX: dict[str, tuple[str, str, dict[str, int]]] = {
    # route: (method, address, status by role; SAME for those not named)
    "home": ("GET", "/", {SAME: 200}),
    "asset": ("GET", "/static/mark.svg", {SAME: 200}),
    "catalogue": ("GET", "/services/", {SAME: 200}),
    "service": ("GET", "/services/import-declaration/", {SAME: 200}),
    "start": ("POST", "/services/import-declaration/start/", {"owner": 302, "clerk": 302, "other": 302, SAME: 403}),
    "codes": ("GET", "/codes/country/", {SAME: 200}),
    "drafts": ("GET", "/drafts/", {SAME: 200}),
    "section": ("GET", "{draft}/part/opening/", {"owner": 200, "clerk": 200, SAME: 404}),
    "check": ("GET", "{draft}/check/", {"owner": 200, "clerk": 200, SAME: 404}),
    "lodge": ("POST", "{draft}/lodge/", {"owner": 422, "clerk": 422, SAME: 404}),
    # A colleague throws it away before the owner, who is walked last, comes to it.
    "discard": ("POST", "{throwaway}/discard/", {"clerk": 302, SAME: 404}),
    "track": ("GET", "/track/", {SAME: 200}),
    "verify": ("GET", "/verify/", {SAME: 200}),
    "today": ("GET", "/today/", {"nobody": SIGN_IN, SAME: 200}),
    "notifications": ("GET", "/notifications/", {"nobody": SIGN_IN, SAME: 200}),
    "submissions": ("GET", "/submissions/", {"nobody": SIGN_IN, SAME: 200}),
    "submission": ("GET", "/submissions/{reference}/", {"owner": 200, "clerk": 200, "officer": 200, SAME: 404}),
    "receipt": ("GET", "/submissions/{reference}/receipt/", {"owner": 200, "clerk": 200, "officer": 200, SAME: 404}),
    "document": (
        "GET",
        "/submissions/{reference}/versions/1/",
        {"owner": 200, "clerk": 200, "officer": 200, SAME: 404},
    ),
    "amend": ("POST", "/submissions/{reference}/amend/", {"owner": 302, "clerk": 302, SAME: 404}),
    "copy": ("POST", "/submissions/{reference}/copy/", {"owner": 302, "clerk": 302, "officer": 302, SAME: 404}),
    "submission-act": (
        "POST",
        "/submissions/{reference}/act/withdraw/",
        {"owner": 422, "clerk": 422, "officer": 422, SAME: 404},
    ),
    "step-act": (
        "POST",
        "/submissions/{reference}/steps/1/act/unclaim/",
        {"owner": 409, "clerk": 409, "officer": 409, SAME: 404},
    ),
    "attachment": (
        "GET",
        "/submissions/{reference}/files/01a20000-0000-7000-8000-000000000000/",
        {SAME: 404},
    ),
    "issued-pdf": ("GET", "/submissions/{reference}/issued/X-{reference}/", {SAME: 404}),
    "worklist": (
        "GET",
        f"/{WORKLIST}/",
        {"nobody": SIGN_IN, "owner": 403, "clerk": 403, "other": 403, SAME: 200},
    ),
    "claim-many": (
        "POST",
        f"/{WORKLIST}/claim/",
        {"nobody": SIGN_IN, "owner": 403, "clerk": 403, "other": 403, SAME: 302},
    ),
    "task": (
        "GET",
        "{task}",
        {"nobody": SIGN_IN, "owner": 403, "clerk": 403, "other": 403, "officer": 200, SAME: 404},
    ),
    "task-act": (
        "POST",
        "{task}act/query/",
        {"nobody": SIGN_IN, "owner": 403, "clerk": 403, "other": 403, "officer": 422, SAME: 404},
    ),
    "company": ("GET", "/company/", {"nobody": SIGN_IN, SAME: 200}),
    "make-key": ("POST", "/company/keys/", {"nobody": SIGN_IN, "owner": 422, "other": 422, SAME: 403}),
    "revoke-key": (
        "POST",
        "/company/keys/" + "0" * 64 + "/revoke/",
        {"nobody": SIGN_IN, "owner": 404, "other": 404, SAME: 403},
    ),
    "give-mandate": ("POST", "/company/mandates/", {"nobody": SIGN_IN, "owner": 422, "other": 422, SAME: 403}),
    "end-mandate": (
        "POST",
        "/company/mandates/01a20000-0000-7000-8000-000000000000/end/",
        {"nobody": SIGN_IN, "owner": 404, "other": 404, SAME: 403},
    ),
    "make-webhook": ("POST", "/company/webhooks/", {"nobody": SIGN_IN, "owner": 422, "other": 422, SAME: 403}),
    "test-webhook": (
        "POST",
        "/company/webhooks/01a20000-0000-7000-8000-000000000000/test/",
        {"nobody": SIGN_IN, "owner": 404, "other": 404, SAME: 403},
    ),
    "remove-webhook": (
        "POST",
        "/company/webhooks/01a20000-0000-7000-8000-000000000000/remove/",
        {"nobody": SIGN_IN, "owner": 404, "other": 404, SAME: 403},
    ),
    "sign-in": ("GET", "/sign-in/", {SAME: 200}),
    "landing": ("GET", "/here/", {SAME: 302}),
    "act-for": ("POST", "/act-for/", {"nobody": SIGN_IN, SAME: 404}),
    "account_login": ("GET", "/account/login/", {"nobody": 200, SAME: 302}),
    "account_reauthenticate": ("GET", "/account/reauthenticate/", {"nobody": SIGN_IN, SAME: 403}),
    "account_change_password": ("GET", "/account/password/", {SAME: 302}),
    "account_set_password": ("GET", "/account/password/set/", {"nobody": SIGN_IN, SAME: 200}),
    "mfa_index": ("GET", "/account/two-factor/", {"nobody": SIGN_IN, SAME: 200}),
    "mfa_authenticate": ("GET", "/account/two-factor/authenticate/", {SAME: 302}),
    "mfa_reauthenticate": ("GET", "/account/two-factor/reauthenticate/", {"nobody": SIGN_IN, SAME: 403}),
    "mfa_activate_totp": ("GET", "/account/two-factor/totp/activate/", {"nobody": SIGN_IN, SAME: 200}),
    "mfa_deactivate_totp": ("GET", "/account/two-factor/totp/deactivate/", {"nobody": SIGN_IN, SAME: 404}),
    "mfa_view_recovery_codes": ("GET", "/account/two-factor/recovery-codes/", {"nobody": SIGN_IN, SAME: 404}),
    "mfa_generate_recovery_codes": (
        "GET",
        "/account/two-factor/recovery-codes/generate/",
        {"nobody": SIGN_IN, SAME: 200},
    ),
    "mfa_download_recovery_codes": (
        "GET",
        "/account/two-factor/recovery-codes/download/",
        {"nobody": SIGN_IN, SAME: 404},
    ),
    "account_inactive": ("GET", "/account/inactive/", {SAME: 200}),
    # These end or change who asks, so they are walked last.
    "account_logout": ("POST", "/account/logout/", {SAME: 302}),
    "sign-out": ("POST", "/sign-out/", {SAME: 302}),
    "demonstration-sign-in": ("POST", "/demonstration/sign-in/nobody-of-that-name/", {SAME: 404}),
}


@pytest.fixture(scope="module")
def places(pages: House) -> dict[str, str]:
    """A submission of the owner's with a task at its agency, and two drafts of the owner's."""
    owner, officer = pages.visitor("owner"), pages.visitor("officer")
    reference = pages.lodged(owner, "import-declaration")
    drafts = [owner.post("/services/import-declaration/start/").headers["location"] for _ in range(2)]
    return {
        "reference": reference,
        "task": pages.task(officer, reference),
        "draft": drafts[0].split("/part/")[0],
        "throwaway": drafts[1].split("/part/")[0],
    }


def test_every_route_of_the_pages_is_in_the_matrix_and_the_matrix_has_no_other(tmp_path: Path) -> None:
    known = routes(ONEWINDOW_DEMO="yes", ONEWINDOW_DEMO_BEYOND_LOOPBACK="yes", DATA_DIR=str(tmp_path))
    assert set(known) == set(MATRIX)


@pytest.mark.parametrize("role", sorted(ROLES, key=lambda role: role == "owner"))
def test_each_role_sees_of_each_route_what_it_may(role: str, pages: House, places: dict[str, str]) -> None:
    visitor = pages.visitor("" if role == "nobody" else role)
    wrong = []
    for name, (method, address, statuses) in MATRIX.items():
        expected = statuses.get(role, statuses.get(SAME))
        answer = _ask(visitor, method, address.format(**places))
        if answer != expected:
            wrong.append(f"{name}: {method} {address} gave {answer}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_a_form_without_its_token_is_refused_on_every_route_that_changes_something(
    pages: House, places: dict[str, str]
) -> None:
    visitor = pages.visitor("owner")
    open_routes = [
        name
        for name, (method, address, _) in MATRIX.items()
        if method == "POST" and visitor.client.post(address.format(**places)).status_code != 403
    ]
    assert open_routes == []


def test_no_page_says_whether_a_strangers_document_exists(pages: House, places: dict[str, str]) -> None:
    stranger = pages.visitor("other")
    real = stranger.get(f"/submissions/{places['reference']}/")
    made_up = stranger.get("/submissions/0000-0000-0000/")
    assert (real.status_code, made_up.status_code) == (404, 404)
    plain = re.compile(r'value="[^"]*"|language=|/submissions/[^/]*/|Request number: [0-9a-f]+')
    assert plain.sub("", real.text) == plain.sub("", made_up.text)


def _ask(visitor: Visitor, method: str, address: str) -> int:
    return (visitor.get(address) if method == "GET" else visitor.post(address)).status_code
