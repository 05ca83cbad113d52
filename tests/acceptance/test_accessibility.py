"""Every step of the journeys, in three languages, has nothing that bars people with other eyes or hands (axe-core)."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.house import WORKLIST, House
from acceptance.walking import Walker, Walkers

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES = ("en", "zh-Hant", "zh-Hans")
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def axe() -> str:
    """The judge's own program, as the locked packages bring it."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed here; `npm ci` brings it")
    return AXE.read_text(encoding="utf-8")


def _bars(walker: Walker, axe: str, *paths: str) -> list[str]:
    """What axe finds serious on these pages with every fold open, and whatever is wider than a telephone."""
    walker.page.set_viewport_size({"width": 390, "height": 844})
    found: list[str] = []
    for language in LANGUAGES:
        walker.go(f"/?language={language}")
        for path in paths:
            walker.go(path)
            walker.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
            walker.page.evaluate(axe)
            answer = walker.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert answer["passes"], "axe judged nothing"
            bad = [one for one in answer["violations"] if one["impact"] in SERIOUS]
            found += [f"{language} {path} {one['id']}: {one['nodes'][0]['html'][:150]}" for one in bad]
            if walker.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{language} {path} is wider than the window")
    return found


def test_nothing_bars_those_without_an_account(pages: House, walker: Walkers, axe: str) -> None:
    anyone = walker()
    draft = anyone.start("complaint", example=False)
    form, check = f"{draft}/part/opening/", f"{draft}/check/"
    found = _bars(
        anyone, axe, "/", "/services/complaint/", "/track/", "/verify/?number=X", form, f"{form}?faults", check
    )
    assert not found, "\n".join(found)


def test_nothing_bars_a_trader(pages: House, walker: Walkers, axe: str) -> None:
    trader = walker("owner")
    empty = trader.start("cites-import-licence", example=False)
    full = trader.start("import-declaration", example=True)
    reference = trader.lodged("import-declaration")
    found = _bars(
        trader,
        axe,
        f"{empty}/check/",
        f"{empty}/part/importer/?faults",
        f"{full}/part/goods/",
        f"{full}/part/goods/0/",
        f"/submissions/{reference}/receipt/",
        f"/submissions/{reference}/",
        "/company/",
    )
    assert not found, "\n".join(found)


def test_nothing_bars_an_officer(pages: House, walker: Walkers, axe: str) -> None:
    agent = walker("agent")
    reference = walker().lodged("complaint")
    agent.task(reference, "split")
    found = _bars(agent, axe, f"/{WORKLIST}/", agent.page.url.removeprefix(pages.url))
    assert not found, "\n".join(found)
