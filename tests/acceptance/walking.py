"""People who walk through the pages with a real browser: each has a window of their own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from acceptance.house import WORKLIST, House

PATIENCE_MS = 60_000
AWAITED_S = 30
_REFERENCE = re.compile(r"/submissions/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Walker:
    """One person at one window."""

    house: House
    page: Page

    def go(self, path: str) -> None:
        """Opens a page of the installation."""
        self.page.goto(self.house.url + path)

    def says(self, text: str) -> bool:
        """True when the page shows the text."""
        return text in self.page.locator("main").inner_text()

    def press(self, name: str) -> None:
        """Presses the button with this name and waits for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follows the link with this name."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=name).first.click()

    def start(self, service: str, *, example: bool) -> str:
        """A draft of the service, empty or filled with its example; the draft's address."""
        self.go(f"/services/{service}/")
        self.press("Start with an example" if example else "Start now")
        return self.page.url.removeprefix(self.house.url).partition("/part/")[0]

    def lodge(self, draft: str) -> str:
        """Lodges the draft from the page where answers are checked; the reference on the receipt."""
        self.go(f"{draft}/check/")
        self.page.locator(f'form[action="{draft}/lodge/"] button').click()
        self.page.wait_for_url("**/receipt/")
        found = _REFERENCE.search(self.page.url)
        assert found
        return found[1]

    def lodged(self, service: str) -> str:
        """The reference of the service's example, lodged."""
        return self.lodge(self.start(service, example=True))

    def form(self, action: str) -> Locator:
        """The form of an action on this page, unfolded."""
        form = self.page.locator(f'form[action$="/act/{action}/"]').first
        if not form.is_visible():
            form.locator("xpath=ancestor::details/summary").click()
        return form

    def act(self, action: str, **answers: str) -> None:
        """Fills in an action's form (`reason="unclear"`, `legs__0__agency="hyd"`) and sends it."""
        form = self.form(action)
        for name, value in answers.items():
            answer(form, "/" + name.replace("__", "/"), value)
        with self.page.expect_navigation():
            form.locator("button:not([tabindex])").last.click()

    def task(self, reference: str, action: str) -> None:
        """Opens the task on which this action is offered, as soon as the work list has it."""
        until = time.monotonic() + AWAITED_S
        while time.monotonic() < until:
            self.go(f"/{WORKLIST}/")
            links = self.page.locator(f'a[href^="/{WORKLIST}/{reference}-"]').all()
            for address in [link.get_attribute("href") or "" for link in links]:
                self.go(address)
                if self.page.locator(f'form[action$="/act/{action}/"]').count():
                    return
            time.sleep(0.2)
        raise AssertionError(f"no task offers {action} on {reference}")

    def awaits(self, path: str, text: str) -> None:
        """Opens a page again and again until it says so: followers carry some effects a moment later."""
        until = time.monotonic() + AWAITED_S
        while time.monotonic() < until:
            self.go(path)
            if self.says(text):
                return
            time.sleep(0.2)
        raise AssertionError(f"{path} does not say {text!r} but: {self.page.locator('main').inner_text()[:900]}")


def answer(form: Locator, name: str, value: str) -> None:
    """Gives one answer, whatever control asks for it."""
    control = form.locator(f'[name="{name}"]')
    kind = control.first.evaluate("one => one.type")
    if kind == "radio":
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "select-one":
        control.select_option(value)
    elif kind == "file":
        control.set_input_files(Path(value))
    else:
        control.fill(value)


Walkers = Callable[..., Walker]


@contextmanager
def walking(browser: Browser, house: House) -> Iterator[Walkers]:
    """Makes walkers: `walker("officer")`, signed in by one click; `walker()` has no account."""
    contexts = []

    def walker(login: str = "", *, script: bool = True, language: str = "en-GB") -> Walker:
        context = browser.new_context(java_script_enabled=script, locale=language)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        found = Walker(house, context.new_page())
        if login:
            found.go("/sign-in/")
            with found.page.expect_navigation():
                found.page.locator(f'form[action="/demonstration/sign-in/{login}/"] button').click()
        return found

    yield walker
    for context in contexts:
        context.close()
