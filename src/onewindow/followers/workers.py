"""Every follower of an installation, with what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from onewindow.application.desk import Desk
from onewindow.followers.attaching import AttachingFollower
from onewindow.followers.clocks import ClockFollower, Housekeeping
from onewindow.followers.deliveries import Deliverer
from onewindow.followers.effects import EffectFollower
from onewindow.followers.files import FollowerFiles
from onewindow.followers.follow import Connection
from onewindow.followers.mail import post_of
from onewindow.followers.notices import NoticeFollower
from onewindow.followers.refusals import RefusalFollower
from onewindow.followers.run import Tick, Worker, lane_worker
from onewindow.followers.sandbox import SandboxFollower
from onewindow.followers.scanning import Clamd, ScanFollower
from onewindow.followers.worklist import WorklistFollower
from onewindow.storage.anchors import FILE, anchor_lanes
from onewindow.storage.signing import InstallationSigner

_ANCHOR_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What followers are made of. `desk` acts for the system; `demo` lets webhooks reach this machine."""

    dsn: str
    secret: bytes
    desk: Desk
    signer: InstallationSigner
    data_dir: Path
    mail_url: str | None
    mail_domain: str
    clamd: str | None
    demo: bool


def workers_of(parts: Parts) -> list[Worker]:
    """One worker a follower; the work list's comes first, since everybody waits for it."""
    services, calendars = parts.desk.services, parts.desk.calendars
    return [
        lane_worker(lambda _: WorklistFollower(services, calendars), "worklist"),
        lane_worker(lambda _: NoticeFollower(services), "notices", 0.1),
        lane_worker(lambda _: AttachingFollower(), "attaching", 0.1),
        lane_worker(lambda connection: EffectFollower(_desk(parts, connection)), "effects", 0.1),
        lane_worker(lambda connection: SandboxFollower(_desk(parts, connection)), "sandbox", 0.3),
        Worker("clocks", lambda connection: _clocks(parts, connection), 0.5),
        Worker("deliveries", lambda connection: _deliveries(parts, connection), 0.1),
        Worker("scanning", lambda connection: _scanning(parts, connection), 0.5),
        Worker("refusals", lambda connection: _ticking(RefusalFollower(parts.secret).tick, connection), 30.0),
        Worker("housekeeping", lambda connection: _ticking(Housekeeping().tick, connection), 60.0),
        Worker("anchors", lambda _: lambda: _anchor(parts), _ANCHOR_SECONDS),
    ]


def _desk(parts: Parts, connection: Connection) -> Desk:
    """The system's desk: it sees every submission, and waits for nobody."""
    return replace(parts.desk, files=FollowerFiles(connection, parts.secret), followed=None, bench=None)


def _ticking(tick: Callable[[Connection], bool], connection: Connection) -> Tick:
    return lambda: tick(connection)


def _clocks(parts: Parts, connection: Connection) -> Tick:
    return _ticking(ClockFollower(_desk(parts, connection)).tick, connection)


def _deliveries(parts: Parts, connection: Connection) -> Tick:
    post = post_of(parts.mail_url, parts.data_dir / "mail")
    deliverer = Deliverer(parts.dsn, post, parts.mail_domain, allow_private=parts.demo)
    return _ticking(deliverer.tick, connection)


def _scanning(parts: Parts, connection: Connection) -> Tick:
    scanner = Clamd(parts.clamd) if parts.clamd else None
    return _ticking(ScanFollower(scanner).tick, connection)


def _anchor(parts: Parts) -> bool:
    anchor_lanes(parts.dsn, parts.data_dir / FILE, parts.signer)
    return False
