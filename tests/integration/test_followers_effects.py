"""What happens by itself: broken pledges are said once, one submission acts on another, files are scanned."""

from __future__ import annotations

import json
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from integration.follower_world import NAMED_LICENCE, VETTER, World, world_of
from onewindow.application.act_on_submission import act_on_submission
from onewindow.application.act_on_task import act_on_task
from onewindow.application.acting import Call, perform
from onewindow.application.breach_pledge import breach_pledges
from onewindow.application.refusals import NotAllowedNow
from onewindow.definitions.model import Action, Clock, Effect, Limit
from onewindow.engine.closures import EnteredClosure, with_closures
from onewindow.engine.life.cycle import Life
from onewindow.engine.life.life import EffectWritten, Opening, decode_life
from onewindow.followers.clocks import ClockFollower
from onewindow.followers.closing import close_office
from onewindow.followers.effects import EffectFollower
from onewindow.followers.sandbox import SandboxFollower
from onewindow.followers.scanning import Clamd, ScanFollower
from onewindow.kernel.actor import SYSTEM, Actor
from onewindow.kernel.lane import lane_of
from onewindow.kernel.task_id import task_id
from onewindow.kernel.working_time import Closure
from onewindow.storage.tenant import Reader
from onewindow.storage.world import PostgresWorld
from servers import Database
from unit.life_services import words

LODGER = Actor("company:alpha")
DRAWING = replace(
    NAMED_LICENCE,
    id="declaration",
    issue=None,
    effects=(Effect("lodged", "licence", "reserve"), Effect("issued", "licence", "commit")),
)
LAPSE = Action(
    *("lapse", words("lapse"), ("system",), ("close",)),
    of="submission",
    allowed_in=("vetting",),
    state="lapsed",
    outcome="lapsed",
)
PATIENCE = Clock("patience", Limit("days", 20), "always", pausable=False, breach="lapse")
LAPSING = replace(
    NAMED_LICENCE,
    id="lapsing",
    stages=(replace(NAMED_LICENCE.stages[0], clocks=(PATIENCE,)),),
    actions={**NAMED_LICENCE.actions, "lapse": LAPSE},
)
BUNDLE = replace(NAMED_LICENCE, id="bundle", issue=None, stages=(), effects=(Effect("lodged", "cargo", "bundle"),))


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with world_of(database, DRAWING, BUNDLE, LAPSING) as world:
        yield world


def licence(world: World) -> str:
    """The number of an issued licence of 10 kg on line 1."""
    receipt = world.lodge(lodger="company:holder", opening={"stages": ["vetting"]})
    act_on_task(world.desk, VETTER, task_id(receipt.reference, "1"), "approve", b"{}")
    return f"IL-{receipt.reference}"


def declare(world: World, number: str, quantity: str) -> str:
    """A declaration that draws `quantity` on a licence, its effects carried out."""
    values = {"line": "1", "quantity": quantity}
    effects = [["lodged", "reserve", number, values], ["issued", "commit", number, values]]
    reference = world.lodge("declaration", {"stages": ["vetting"], "effects": effects}).reference
    world.follow(EffectFollower(world.desk))
    return reference


def life(world: World, reference: str) -> Life:
    return decode_life(world.desk.files.submission(SYSTEM, reference).life)


def balance(world: World, number: str) -> tuple[str, str, str]:
    account = life(world, number).ledger.account("1")
    return str(account.available), str(account.reserved), str(account.used)


def test_a_declaration_reserves_on_its_licence_and_writes_off_when_it_ends_well(world: World) -> None:
    number = licence(world)
    reference = declare(world, number, "6")
    assert balance(world, number) == ("4", "6", "0")
    act_on_task(world.desk, VETTER, task_id(reference, "1"), "approve", b"{}")
    world.follow(EffectFollower(world.desk))
    assert balance(world, number) == ("4", "0", "6")


def test_what_the_licence_cannot_give_is_refused_and_the_declaration_cannot_end_well(world: World) -> None:
    number = licence(world)
    declare(world, number, "6")
    reference = declare(world, number, "6")
    assert balance(world, number) == ("4", "6", "0")
    kinds = [row[0] for row in world.rows(KINDS, lane_of("company:alpha", world.database.secret), reference)]
    assert kinds == ["lodged", "effect-refused"]
    with pytest.raises(NotAllowedNow):
        act_on_task(world.desk, VETTER, task_id(reference, "1"), "approve", b"{}")


KINDS = """SELECT e.kind FROM event e JOIN submission s ON s.lane = e.lane AND s.id = e.submission
WHERE e.lane = %s AND s.reference = %s ORDER BY e.seq"""


def test_a_trial_draws_on_nothing_and_is_told_that_it_did(world: World) -> None:
    number = licence(world)
    effects = [["lodged", "reserve", number, {"line": "1", "quantity": "6"}]]
    reference = world.lodge("declaration", {"stages": ["vetting"], "effects": effects}, mode="test").reference
    world.follow(EffectFollower(world.desk))
    assert balance(world, number) == ("10", "0", "0")
    assert not life(world, reference).awaiting


def test_an_effect_that_is_repeated_changes_nothing(world: World) -> None:
    number = licence(world)
    reference = declare(world, number, "6")
    version = life(world, reference).version
    with psycopg.connect(world.database.owner_dsn) as owner:
        owner.execute("UPDATE position SET pos = 0 WHERE follower = 'effects'")
    world.follow(EffectFollower(world.desk))
    assert balance(world, number) == ("4", "6", "0")
    assert life(world, reference).version == version


def test_an_amendment_gives_back_what_the_old_document_drew_and_draws_anew(world: World) -> None:
    number = licence(world)
    reference = declare(world, number, "6")
    drawn = (EffectWritten("lodged", "reserve", number, {"line": "1", "quantity": "7"}),)
    opening = Opening(("vetting",), effects=drawn)
    call = Call(LODGER, reference, "amend", document=b"{}", media="application/json", opening=opening)
    perform(world.desk, call)
    world.follow(EffectFollower(world.desk))
    assert balance(world, number) == ("3", "7", "0")
    assert not life(world, reference).awaiting


def test_an_amendment_is_judged_as_if_its_own_reservation_were_given_back(world: World) -> None:
    number = licence(world)
    reference = declare(world, number, "6")
    another = declare(world, number, "1")
    with closing(Reader(world.database.dsn("door"))) as reader:
        asked = PostgresWorld(reader, world.database.secret)
        seen = [asked.standing(LODGER, [number], amending=by)[number].balances["1"] for by in ("", reference, another)]
    assert seen == [("3", "KGM"), ("9", "KGM"), ("4", "KGM")]


def test_cargo_is_in_one_live_bundle_only_and_a_bundle_can_be_too_late(world: World) -> None:
    cargo = world.lodge(opening={"stages": ["vetting"]}).reference
    bundles = []
    for _ in range(2):
        effects = [["lodged", "bundle", cargo, {}]]
        bundles.append(world.lodge("bundle", {"stages": [], "effects": effects}).reference)
        world.follow(EffectFollower(world.desk))
    assert (life(world, cargo).bound_to, life(world, cargo).state) == (bundles[0], "bundled")
    assert life(world, bundles[0]).refused_effects == ()
    assert len(life(world, bundles[1]).refused_effects) == 1


def test_a_pledge_is_said_to_be_broken_by_its_deadline_and_once(world: World) -> None:
    reference = world.lodge(opening={"stages": ["vetting"]}).reference
    world.follow()
    late = replace(world.desk, clock=lambda: datetime.now(UTC) + timedelta(days=30))
    follower = ClockFollower(late)
    assert not ClockFollower(world.desk).tick(world.connection)
    assert follower.tick(world.connection)
    follower.tick(world.connection)
    world.follow()
    assert not ClockFollower(late).tick(world.connection)
    kinds = [row[0] for row in world.rows(KINDS, lane_of("company:alpha", world.database.secret), reference)]
    assert kinds == ["lodged", "pledge-breached"]
    assert breach_pledges(late, reference, "1") is None


def test_what_a_clock_does_when_it_runs_out_is_done_once_and_as_soon_as_the_state_allows(world: World) -> None:
    reference = world.lodge("lapsing", {"stages": ["vetting"]}).reference
    act_on_task(world.desk, VETTER, task_id(reference, "1"), "query", b'{"words":"?"}')
    world.follow()
    late = replace(world.desk, clock=lambda: datetime.now(UTC) + timedelta(days=30))
    assert not ClockFollower(late).tick(world.connection)
    act_on_submission(world.desk, LODGER, reference, "reply", b'{"words":"!"}')
    world.follow()
    assert ClockFollower(late).tick(world.connection)
    world.follow()
    assert not ClockFollower(late).tick(world.connection)
    assert (life(world, reference).state, life(world, reference).open_legs) == ("lapsed", ())
    kinds = [row[0] for row in world.rows(KINDS, lane_of("company:alpha", world.database.secret), reference)]
    assert kinds == ["lodged", "query", "reply", "lapse"]


def test_a_clock_that_stands_still_breaks_nothing(world: World) -> None:
    reference = world.lodge(opening={"stages": ["vetting"]}).reference
    act_on_task(world.desk, VETTER, task_id(reference, "1"), "query", b'{"words":"?"}')
    world.follow()
    late = replace(world.desk, clock=lambda: datetime.now(UTC) + timedelta(days=30))
    ClockFollower(late).tick(world.connection)
    assert life(world, reference).version == 2
    act_on_submission(late, LODGER, reference, "reply", b'{"words":"!"}')
    assert life(world, reference).legs[0].clocks[0].due_at > late.clock()


EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.BaseRequestHandler):
    """Speaks clamd's INSTREAM; knows one virus."""

    def handle(self) -> None:
        assert self._exactly(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", self._exactly(4))[0]:
            content += self._exactly(size)
        if b"EICAR" in content:
            self.request.sendall(b"stream: Eicar-Signature FOUND\0")
        else:
            self.request.sendall(b"stream: OK\0" if content != b"odd" else b"INSTREAM size limit exceeded. ERROR\0")

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self.request.recv(size - len(found))
            assert part
            found += part
        return found


@contextmanager
def scanner() -> Iterator[Clamd]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Clamd(f"127.0.0.1:{server.server_address[1]}")
        server.shutdown()


def upload(world: World, content: bytes) -> UUID:
    identity, lane = uuid4(), lane_of("company:alpha", world.database.secret)
    with psycopg.connect(world.database.owner_dsn) as owner:
        owner.execute(
            "INSERT INTO attachment (lane, id, at, size, owner, name, media, digest, bytes)"
            " VALUES (%s, %s, now(), %s, 'company:alpha', 'a.txt', 'text/plain', '', %s)",
            (lane, identity, len(content), content),
        )
    return identity


def test_files_are_clean_or_infected_only_when_the_scanner_says_so(world: World) -> None:
    files = [upload(world, content) for content in (b"plain" * 50_000, EICAR, b"odd")]
    with scanner() as clamd:
        assert ScanFollower(clamd).tick(world.connection)
    lane = lane_of("company:alpha", world.database.secret)
    found = dict(world.rows("SELECT id, scan FROM attachment WHERE lane = %s", lane))
    assert [found[one] for one in files] == ["clean", "infected", "unscanned"]


def test_without_a_scanner_files_stay_unscanned(world: World) -> None:
    identity = upload(world, b"anything")
    assert not ScanFollower(None).tick(world.connection)
    with pytest.raises(OSError, match=r"refused|failed"):
        ScanFollower(Clamd("127.0.0.1:1")).tick(world.connection)
    lane = lane_of("company:alpha", world.database.secret)
    assert world.rows("SELECT scan FROM attachment WHERE lane = %s AND id = %s", lane, identity) == [("unscanned",)]


def test_fifty_acts_from_five_sides_lose_no_version(world: World) -> None:
    reference = world.lodge(opening={"stages": ["vetting"]}).reference
    task = task_id(reference, "1")
    errors: list[Exception] = []

    def talk(number: int) -> None:
        with world_of(world.database) as own:
            for turn in range(10):
                body = json.dumps({"to": "internal", "words": f"{number}/{turn}"}).encode()
                try:
                    act_on_task(own.desk, VETTER, task, "message", body, key=f"m{number}/{turn}")
                except Exception as fault:
                    errors.append(fault)

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert life(world, reference).version == 51


@pytest.mark.parametrize(("sender", "state"), [("T-1", "issued"), ("T-REFUSE-1", "refused"), ("T-QUERY-1", "queried")])
def test_a_trial_is_answered_by_itself_as_its_reference_asks(world: World, sender: str, state: str) -> None:
    stages = {"stages": ["vetting", "inspection"]}
    reference = world.lodge(mode="test", sender_reference=sender, opening=stages).reference
    sandbox = SandboxFollower(world.desk)
    for _ in range(3):
        world.follow(sandbox)
    assert life(world, reference).state == state
    world.follow()
    assert world.rows("SELECT FROM task WHERE reference = %s", reference) == []


def test_an_unplanned_closure_moves_open_deadlines_with_a_record_and_once(world: World) -> None:
    reference = world.lodge(opening={"stages": ["vetting"]}).reference
    world.follow()
    ((before,),) = world.rows("SELECT due_at FROM task WHERE reference = %s", reference)
    now = datetime.now(UTC)
    closure = Closure(now + timedelta(minutes=1), now + timedelta(days=30), "signal 8")
    entered = EnteredClosure("c-1", "office", closure, "ada", now + timedelta(minutes=1))
    calendars = with_closures(world.desk.calendars, (entered,))
    desk = replace(world.desk, calendars=calendars)
    dsn, secret = world.database.dsn("follower"), world.database.secret
    assert sum(close_office(dsn, secret, desk, entered)) >= 1
    assert sum(close_office(dsn, secret, desk, entered)) == 0
    world.follow()
    ((after,),) = world.rows("SELECT due_at FROM task WHERE reference = %s", reference)
    assert after > before + timedelta(days=25)
    kinds = [row[0] for row in world.rows(KINDS, lane_of("company:alpha", secret), reference)]
    assert kinds == ["lodged", "pledges-moved"]


def test_an_act_that_happens_again_has_its_effect_again(world: World) -> None:
    number = licence(world)
    values = {"line": "1", "quantity": "1"}
    effects = [["query", "touch", number, values], ["queried", "touch", number, values]]
    reference = world.lodge("declaration", {"stages": ["vetting"], "effects": effects}).reference
    for _ in range(2):
        act_on_task(world.desk, VETTER, task_id(reference, "1"), "query", b'{"words":"?"}')
        act_on_task(world.desk, VETTER, task_id(reference, "1"), "message", b'{"to":"internal","words":"."}')
        act_on_submission(world.desk, LODGER, reference, "reply", b'{"words":"!"}')
    world.follow(EffectFollower(world.desk))
    lane = lane_of("company:holder", world.database.secret)
    touched = [row[0] for row in world.rows(KINDS, lane, number.removeprefix("IL-"))].count("touch")
    assert touched == 4
