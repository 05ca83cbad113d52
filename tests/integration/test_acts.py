"""Acts over the whole of an installation's parts, on a real service: amend, reply, withdraw, approve."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onewindow.application import refusals
from onewindow.application.act_on_submission import act_on_submission
from onewindow.application.act_on_task import act_on_task
from onewindow.application.allowed_actions import allowed_actions
from onewindow.application.amend import amend
from onewindow.application.lodge import Incoming
from onewindow.application.ports import Receipt
from onewindow.application.reply import reply
from onewindow.application.withdraw import withdraw
from onewindow.bootstrap import Platform
from onewindow.followers.run import lane_worker, run_followers
from onewindow.followers.worklist import WorklistFollower
from onewindow.kernel.actor import Actor
from onewindow.kernel.lane import lane_of
from onewindow.kernel.task_id import task_id
from onewindow.kernel.working_time import HONG_KONG
from onewindow.settings import Settings
from onewindow.storage.migrate import migrate

TRADER = Actor("company:alpha", roles=frozenset({"trader"}))
OFFICER = Actor("agency:ced", user="ada", roles=frozenset({"declaration-officer"}))
SERVICE = "import-declaration"


@pytest.fixture(scope="module")
def platform(empty_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(Settings(data_dir=tmp_path_factory.mktemp("data"), database_url=empty_database))
    migrate(platform.owner_dsn, platform.secret)
    stop = threading.Event()
    worklist = lane_worker(lambda _: WorklistFollower(platform.registry, platform.calendars), "worklist")
    follower = threading.Thread(target=run_followers, args=(platform.dsn("follower"), [worklist], stop))
    follower.start()
    yield platform
    stop.set()
    follower.join()
    platform.close()


def document(platform: Platform) -> dict[str, Any]:
    today = datetime.now(UTC).astimezone(HONG_KONG).date()
    found: dict[str, Any] = json.loads(
        platform.registry.example(platform.catalogue.newest[SERVICE], today, secrets.token_hex(6).upper())
    )
    return found


def lodged(platform: Platform) -> tuple[Receipt, dict[str, Any]]:
    written = document(platform)
    incoming = Incoming(secrets.token_hex(8), json.dumps(written).encode())
    receipt = platform.lodging.lodge_now(TRADER, SERVICE, incoming)
    lane = lane_of(TRADER.party, platform.secret)
    assert platform.desk.followed is not None
    assert platform.desk.followed.wait(lane, 5)
    return receipt, written


def changed(written: dict[str, Any], remark: str) -> bytes:
    return json.dumps({**written, "consignor": {**written["consignor"], "name": remark}}).encode()


def test_an_amendment_is_the_next_version_and_is_decided_anew(platform: Platform) -> None:
    receipt, written = lodged(platform)
    task = task_id(receipt.reference, "1")
    act_on_task(platform.desk, OFFICER, task, "claim", b"")
    done = amend(platform.desk, TRADER, receipt.reference, changed(written, "second"), key="a1", expected=2)
    assert (done.version, done.state) == (3, "assessment")
    submission = platform.register.submission(TRADER, receipt.reference)
    assert submission is not None
    assert b"second" in (platform.register.body(TRADER, submission) or (b"", ""))[0]
    again = amend(platform.desk, TRADER, receipt.reference, changed(written, "second"), key="a1", expected=2)
    assert (again.repeated, again.version) == (True, 3)


def test_an_amendment_that_breaks_a_rule_is_refused_with_its_findings(platform: Platform) -> None:
    receipt, written = lodged(platform)
    with pytest.raises(refusals.Refused) as refused:
        amend(platform.desk, TRADER, receipt.reference, json.dumps({**written, "form": "9Z"}).encode(), key="b1")
    assert refused.value.findings
    written["reference"] = "OTHER-1"
    with pytest.raises(refusals.Refused) as refused:
        amend(platform.desk, TRADER, receipt.reference, json.dumps(written).encode(), key="b2")
    assert refused.value.findings[0].pointer == "/reference"


def test_amendments_from_many_sides_at_once_lose_none_and_leave_no_gap(platform: Platform) -> None:
    receipt, written = lodged(platform)
    versions: list[int] = []

    def edit(number: int) -> None:
        for turn in range(4):
            body = changed(written, f"{number}-{turn}")
            versions.append(amend(platform.desk, TRADER, receipt.reference, body, key=f"{number}-{turn}").version)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == list(range(2, 18))


def test_a_query_is_answered_and_the_declaration_released(platform: Platform) -> None:
    receipt, _ = lodged(platform)
    task = task_id(receipt.reference, "1")
    body = json.dumps({"reason": "value", "words": "Which currency?"}).encode()
    assert act_on_task(platform.desk, OFFICER, task, "query", body).state == "queried"
    assert reply(platform.desk, TRADER, receipt.reference, b'{"words":"Hong Kong dollars"}').state == "assessment"
    act_on_task(platform.desk, OFFICER, task, "accept", b"{}")
    submission = platform.register.submission(OFFICER, receipt.reference)
    assert submission is not None
    offers = {(offer.action.name, offer.task) for offer in allowed_actions(platform.desk, OFFICER, submission)}
    assert ("release", task_id(receipt.reference, "2")) in offers
    assert act_on_task(platform.desk, OFFICER, task_id(receipt.reference, "2"), "release", b"{}").state == "released"


def test_a_body_that_the_action_does_not_take_is_refused_with_its_pointer(platform: Platform) -> None:
    receipt, _ = lodged(platform)
    with pytest.raises(refusals.Refused) as refused:
        act_on_task(platform.desk, OFFICER, task_id(receipt.reference, "1"), "query", b'{"reason":"no-such"}')
    assert {finding.pointer for finding in refused.value.findings} == {"/reason", "/words"}


def test_a_withdrawal_needs_its_reason_and_ends_what_may_be_done(platform: Platform, tmp_path: Path) -> None:
    receipt, _ = lodged(platform)
    with pytest.raises(refusals.Refused):
        withdraw(platform.desk, TRADER, receipt.reference, b"{}")
    done = withdraw(platform.desk, TRADER, receipt.reference, b'{"reason":"mistake"}', key="w")
    assert done.state == "withdrawn"
    submission = platform.register.submission(TRADER, receipt.reference)
    assert submission is not None
    assert allowed_actions(platform.desk, TRADER, submission) == ()
    with pytest.raises(refusals.NotAllowedNow) as refused:
        withdraw(platform.desk, TRADER, receipt.reference, b'{"reason":"mistake"}', key="w2")
    assert refused.value.details == {"state": "withdrawn", "allowed": []}


def test_a_stranger_sees_nothing(platform: Platform) -> None:
    receipt, _ = lodged(platform)
    with pytest.raises(refusals.NotFound):
        withdraw(platform.desk, Actor("company:beta"), receipt.reference, b'{"reason":"mistake"}')


@pytest.mark.parametrize("body", [b"not json", b"[]", b'"x"', b'{"a":1,"a":2}', b'{"unknown":"x"}', b"\xff"])
def test_a_body_that_is_no_body_is_refused_even_where_none_is_wanted(platform: Platform, body: bytes) -> None:
    receipt, _ = lodged(platform)
    for action in ("claim", "query"):
        with pytest.raises((refusals.Malformed, refusals.Refused)):
            act_on_task(platform.desk, OFFICER, task_id(receipt.reference, "1"), action, body)


@pytest.mark.parametrize("action", ["amend", "reserve", "bundle", "no-such", "pledge-breached"])
def test_what_is_not_for_this_door_is_refused(platform: Platform, action: str) -> None:
    receipt, _ = lodged(platform)
    with pytest.raises((refusals.NotAllowedNow, refusals.Forbidden)):
        act_on_submission(platform.desk, TRADER, receipt.reference, action, b"{}")
    forged = Actor(TRADER.party, roles=frozenset({"system", "lodger", "trader"}))
    with pytest.raises((refusals.NotAllowedNow, refusals.Forbidden)):
        act_on_submission(platform.desk, forged, receipt.reference, action, b"{}")
