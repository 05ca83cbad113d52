"""The machine door, started once for all tests of the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract import door as machine
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers

DEMONSTRATION = {"ONEWINDOW_DEMO": "yes", "ONEWINDOW_DEMO_BEYOND_LOOPBACK": "yes"}


@pytest.fixture(scope="session")
def door(postgres: ServerAddress) -> Iterator[machine.Door]:
    """A real server with accounts, shared by the tests: each lodges documents of its own.

    A demonstration may send webhooks to receivers on this machine.
    """
    with folder_for_servers() as folder, machine.running(postgres, folder, **DEMONSTRATION) as found:
        yield found
