"""Where test servers live, and how their databases are entered."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from onewindow.storage.migrate import dsn_for


@contextmanager
def folder_for_servers() -> Iterator[Path]:
    """A temporary folder; pytest's own are closed to the account that the server of a root user runs under."""
    path = Path(tempfile.mkdtemp(prefix="onewindow-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated database of one test module, and the secret its roles' passwords follow from."""

    owner_dsn: str
    secret: bytes

    def dsn(self, role: str) -> str:
        """The connection string of `web`, `door` or `follower`."""
        return dsn_for(self.owner_dsn, role, self.secret)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
