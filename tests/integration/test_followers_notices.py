"""Whoever an event tells gets a numbered notice once; what leaves the house arrives signed, and nobody waits for a
receiver that does not answer."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from integration.follower_world import VETTER, World, world_of
from onewindow.application.act_on_submission import act_on_submission
from onewindow.application.act_on_task import act_on_task
from onewindow.followers.deliveries import Deliverer
from onewindow.followers.follow import connect, rebuild
from onewindow.followers.mail import FolderPost
from onewindow.followers.notices import NoticeFollower
from onewindow.kernel.actor import Actor
from onewindow.kernel.task_id import task_id
from servers import Database


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with world_of(database) as world:
        yield world


@pytest.fixture
def notices(world: World) -> NoticeFollower:
    follower = NoticeFollower(world.shelf)
    world.follow(follower)
    return follower


def queried(world: World, lodger: str) -> str:
    """A submission of `lodger` on which the agency has asked something."""
    receipt = world.lodge(lodger=lodger)
    body = json.dumps({"reason": "value", "words": "a private question"}).encode()
    act_on_task(world.desk, VETTER, task_id(receipt.reference, "1"), "query", body)
    return receipt.reference


NOTICES = "SELECT number, kind, reference, state, payload FROM notice WHERE recipient = %s ORDER BY number"


def test_a_query_tells_the_lodger_in_three_languages_and_without_its_words(
    world: World, notices: NoticeFollower
) -> None:
    reference = queried(world, "company:told")
    world.follow(notices)
    ((number, kind, of, state, payload),) = world.rows(NOTICES, "company:told")
    assert (number, kind, of, state) == (1, "query", reference, "queried")
    assert set(json.loads(payload)["words"]) == {"en", "zh-Hant", "zh-Hans"}
    assert b"private" not in payload


def test_a_reply_tells_the_agency_and_lodging_tells_nobody(world: World, notices: NoticeFollower) -> None:
    before = len(world.rows(NOTICES, "agency:afcd"))
    reference = queried(world, "company:reply")
    act_on_submission(world.desk, Actor("company:reply"), reference, "reply", b'{"words":"here"}')
    world.follow(notices)
    told = world.rows(NOTICES, "agency:afcd")[before:]
    assert [(row[1], row[2]) for row in told] == [("reply", reference)]
    assert [row[1] for row in world.rows(NOTICES, "company:reply")] == ["query"]


def test_numbers_count_without_gaps_over_many_events_and_a_rebuild_changes_none(
    world: World, notices: NoticeFollower
) -> None:
    for _ in range(5):
        queried(world, "company:many")
    world.follow(notices)
    before = world.rows(NOTICES, "company:many")
    assert [row[0] for row in before] == [1, 2, 3, 4, 5]
    assert rebuild(world.connection, notices) > 0
    assert world.rows(NOTICES, "company:many") == before
    assert world.rows("SELECT head FROM mailbox WHERE recipient = 'company:many'") == [(5,)]


@dataclass
class Receiver:
    """A real HTTP server on the loopback: what it got, and how it answers."""

    url: str = ""
    answer: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiving(answer: int = 204, *, hangs: bool = False) -> Iterator[Receiver]:
    receiver = Receiver(answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((dict(self.headers), body))
            if hangs:
                receiver.release.wait(30)
            self.send_response(receiver.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"http://localhost:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        receiver.release.set()
        server.shutdown()
        server.server_close()


def subscribe(world: World, party: str, url: str) -> UUID:
    identity = uuid4()
    with psycopg.connect(world.database.owner_dsn) as owner:
        owner.execute(
            "INSERT INTO subscription (id, created, party, url, secret) VALUES (%s, now(), %s, %s, 'hush')",
            (identity, party, url),
        )
    return identity


@contextmanager
def delivering(world: World, folder: Path, *, demo: bool = True) -> Iterator[Deliverer]:
    clock = Clock()
    deliverer = Deliverer(
        world.database.dsn("follower"), FolderPost(folder), "window.test", allow_private=demo, clock=clock
    )
    yield deliverer
    deliverer.close()


class Clock:
    """The real time, put forward by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def until(happened: object, deliverer: Deliverer, connection: psycopg.Connection, seconds: float = 8.0) -> bool:
    """Ticks as the worker does until `happened()`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        deliverer.tick(connection)
        if happened():
            return True
        time.sleep(0.02)
    return False


DELIVERY = "SELECT attempts, done_at IS NOT NULL, next_at IS NULL, said FROM delivery WHERE subscription = %s"


def test_a_webhook_arrives_signed_with_a_stable_id(world: World, notices: NoticeFollower, tmp_path: Path) -> None:
    with receiving() as receiver, delivering(world, tmp_path) as deliverer:
        hook = subscribe(world, "company:hook", receiver.url)
        reference = queried(world, "company:hook")
        world.follow(notices)
        assert until(lambda: receiver.got, deliverer, world.connection)
        headers, body = receiver.got[0]
        seconds, signature = (part.partition("=")[2] for part in headers["Onewindow-Signature"].split(","))
        assert signature == hmac.new(b"hush", f"{seconds}.".encode() + body, sha256).hexdigest()
        assert json.loads(body)["reference"] == reference
        identity = str(world.rows("SELECT id FROM delivery WHERE subscription = %s", hook)[0][0])
        assert headers["Onewindow-Delivery"] == identity
        assert until(lambda: world.rows(DELIVERY, hook) == [(1, True, True, "")], deliverer, world.connection)
        assert len(receiver.got) == 1


def test_a_refusing_receiver_is_tried_again_later_with_the_same_id(
    world: World, notices: NoticeFollower, tmp_path: Path
) -> None:
    with receiving(500) as receiver, delivering(world, tmp_path) as deliverer:
        hook = subscribe(world, "company:again", receiver.url)
        queried(world, "company:again")
        queried(world, "company:again")
        world.follow(notices)
        assert until(lambda: receiver.got, deliverer, world.connection)
        assert until(lambda: not deliverer._running, deliverer, world.connection)
        assert len(receiver.got) == 1, "the second waits for the first"
        deliverer.tick(world.connection)
        time.sleep(0.1)
        assert len(receiver.got) == 1, "nothing is due before the pause is over"
        receiver.answer = 204
        deliverer.clock.ahead = timedelta(minutes=2)
        assert until(lambda: len(receiver.got) == 3, deliverer, world.connection)
        ids = [headers["Onewindow-Delivery"] for headers, _ in receiver.got]
        assert ids[0] == ids[1]
        assert [json.loads(body)["number"] for _, body in receiver.got] == [1, 1, 2]
        done = [(2, True, True, ""), (1, True, True, "")]
        assert until(lambda: sorted(world.rows(DELIVERY, hook)) == sorted(done), deliverer, world.connection)


def test_a_receiver_that_hangs_holds_up_nobody_else(world: World, notices: NoticeFollower, tmp_path: Path) -> None:
    with receiving(hangs=True) as slow, receiving() as quick, delivering(world, tmp_path) as deliverer:
        subscribe(world, "company:slow", slow.url)
        subscribe(world, "company:quick", quick.url)
        for _ in range(20):
            queried(world, "company:slow")
        for _ in range(3):
            queried(world, "company:quick")
        world.follow(notices)
        assert until(lambda: slow.got and len(quick.got) == 3, deliverer, world.connection, 5)
        assert len(slow.got) == 1
        slow.release.set()


def test_a_webhook_never_reaches_our_own_network(world: World, notices: NoticeFollower, tmp_path: Path) -> None:
    with receiving() as receiver, delivering(world, tmp_path, demo=False) as deliverer:
        hook = subscribe(world, "company:inside", receiver.url.replace("http:", "https:"))
        queried(world, "company:inside")
        world.follow(notices)
        assert until(lambda: "public network" in world.rows(DELIVERY, hook)[0][3], deliverer, world.connection)
        assert receiver.got == []


def test_a_leased_delivery_of_a_dead_sender_is_sent_by_another(
    world: World, notices: NoticeFollower, tmp_path: Path
) -> None:
    with receiving() as receiver, delivering(world, tmp_path) as dead, delivering(world, tmp_path) as living:
        hook = subscribe(world, "company:leased", receiver.url)
        queried(world, "company:leased")
        world.follow(notices)
        with connect(world.database.dsn("follower")) as connection:
            assert len(dead._take(connection, hook)) == 1
        living.tick(world.connection)
        time.sleep(0.1)
        assert receiver.got == []
        living.clock.ahead = timedelta(minutes=5)
        assert until(lambda: receiver.got, living, world.connection)


def test_mail_goes_into_a_folder_and_says_that_a_machine_wrote_it(
    world: World, notices: NoticeFollower, tmp_path: Path
) -> None:
    with psycopg.connect(world.database.owner_dsn) as owner:
        owner.execute(
            "INSERT INTO company (id, created, name, mail) VALUES ('post', now(), 'Post', 'post@example.com')"
        )
    reference = queried(world, "company:post")
    world.follow(notices)
    with delivering(world, tmp_path) as deliverer:
        assert until(lambda: list(tmp_path.glob("*.eml")), deliverer, world.connection)
    (file,) = tmp_path.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert (mail["To"], mail["From"]) == ("post@example.com", "no-reply@window.test")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert reference in mail["Subject"]
    assert "private" not in mail.get_content()
