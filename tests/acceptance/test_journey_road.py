"""Road cargo in a real browser: reported, bundled by a driver, locked while bundled, unbundled, amended."""

from __future__ import annotations

from acceptance.house import House
from acceptance.walking import Walkers, answer

SERVICE = "road-cargo-information"


def test_cargo_is_bundled_locked_unbundled_and_amended(pages: House, walker: Walkers) -> None:
    trader, driver = walker("owner"), walker("driver")
    cargo = trader.lodged(SERVICE)
    trader.go(f"/submissions/{cargo}/")
    assert trader.says("Reported")

    draft = driver.start(f"{SERVICE}.bundle", example=True)
    driver.go(f"{draft}/part/opening/")
    direction = driver.page.locator('[name="/direction"]:checked, select[name="/direction"]').input_value()
    driver.go(f"{draft}/part/cargo/")
    form = driver.page.locator("#document")
    with driver.page.expect_navigation():
        form.locator('button[name="remove"]').last.click()
    answer(form, "/cargo/0/number", cargo)
    driver.press("Save and continue")
    assert direction
    bundle = driver.lodge(draft)
    trader.awaits(f"/submissions/{cargo}/", "Bundled with a vehicle")
    assert not trader.page.get_by_role("button", name="Amend the document").count()
    assert trader.says("unbundle first")

    draft = driver.start(f"{SERVICE}.unbundle", example=True)
    driver.go(f"{draft}/part/opening/")
    form = driver.page.locator("#document")
    answer(form, "/bundle", bundle)
    driver.press("Save and continue")
    driver.lodge(draft)
    trader.awaits(f"/submissions/{cargo}/", "Reported")
    trader.press("Amend the document")
    draft = trader.page.url.removeprefix(pages.url).partition("/check/")[0]
    amended = trader.lodge(draft)
    assert amended == cargo
    trader.go(f"/submissions/{cargo}/")
    assert trader.says("Version 2")
