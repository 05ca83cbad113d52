"""A real browser for the journeys."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from acceptance.house import House, house
from acceptance.walking import Walkers, walking
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of the system's Chromium, if it has one; nothing is ever downloaded."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


# Not for the session: Playwright keeps an event loop running in this thread, and other modules run their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; the test is skipped, aloud, where there is none."""
    if (path := chromium()) is None:
        pytest.skip(f"no Chromium here (looked for {', '.join(NAMES)}); install one to run the browser journeys")
    # Chromium's sandbox does not work for root; the pages it meets here are our own.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=options)
        yield started
        started.close()


@pytest.fixture(scope="session")
def pages(postgres: ServerAddress) -> Iterator[House]:
    """One installation for all tests of pages: each uses documents of its own."""
    with folder_for_servers() as folder, house(postgres, folder) as found:
        yield found


@pytest.fixture
def walker(browser: Browser, pages: House) -> Iterator[Walkers]:
    """Makes people with windows of their own; every window is closed after the test."""
    with walking(browser, pages) as walkers:
        yield walkers
