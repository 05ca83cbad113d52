"""The machine door, started once for all tests of the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract import door as machine
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers


@pytest.fixture(scope="session")
def door(postgres: ServerAddress) -> Iterator[machine.Door]:
    """A real server with accounts, shared by the tests: each lodges documents of its own."""
    with folder_for_servers() as folder, machine.running(postgres, folder) as found:
        yield found
