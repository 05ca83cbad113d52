"""What every test may ask for."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from onewindow.storage import embedded


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder with a short path that every account may pass through, as a data folder of real life is."""
    with folder_for_servers() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.ServerAddress]:
    """One embedded server for the whole run."""
    with folder_for_servers() as folder, embedded.running(folder) as address:
        yield address


class folder_for_servers:  # noqa: N801 — reads as a function in a with statement
    """A temporary folder; pytest's own are closed to the account that the server of a root user runs under."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="onewindow-"))
        self.path.chmod(0o711)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)
