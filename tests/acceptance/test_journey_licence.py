"""A CITES licence in a real browser: granted with conditions, inspected, printed, verified, revoked."""

from __future__ import annotations

from pathlib import Path

from acceptance.house import House
from acceptance.walking import Walkers


def test_a_licence_is_granted_inspected_printed_verified_and_revoked(pages: House, walker: Walkers) -> None:
    trader, officer, customs, anyone = walker("owner"), walker("licensing"), walker("customs"), walker()
    reference = trader.lodged("cites-import-licence")
    officer.task(reference, "approve")
    officer.act("approve", conditions__0="Import through the airport only.", words="Granted")
    trader.go(f"/submissions/{reference}/")
    assert trader.says("Import through the airport only.")
    assert trader.says("Issued; inspection on arrival")
    officer.task(reference, "inspect")
    officer.act("inspect", words="Alive and well")
    customs.task(reference, "inspect")
    customs.act("inspect", words="As declared")
    trader.go(f"/submissions/{reference}/")
    assert trader.says("Anyone can verify it.")

    printed = trader.page.locator('a[href*="/issued/"]')
    number = (printed.get_attribute("href") or "").split("/")[-2]
    with trader.page.expect_download() as download:
        printed.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    assert download.value.suggested_filename == f"{number}.pdf"
    anyone.go(f"/verify/?number={number}")
    assert anyone.says("This document is valid")

    officer.go(f"/submissions/{reference}/")
    officer.act("revoke", words="The foreign permit was forged.")
    anyone.go(f"/verify/?number={number}")
    assert anyone.says("revoked")
    assert not anyone.says("This document is valid")
    trader.go(f"/submissions/{reference}/")
    assert trader.says("The foreign permit was forged.")
