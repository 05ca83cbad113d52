"""An import declaration in a real browser: by form, with a mistake, a question, and its release."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from acceptance.house import House
from acceptance.walking import Walkers


def test_a_declaration_is_mended_lodged_asked_about_answered_accepted_and_released(
    pages: House, walker: Walkers
) -> None:
    trader, officer = walker("owner"), walker("officer")
    draft = trader.start("import-declaration", example=True)
    code = trader.page.locator('[name="/goods/0/commodity_code"]')
    trader.go(f"{draft}/part/goods/0/")
    right = code.input_value()
    code.fill("12")
    trader.press("Save and continue")
    trader.go(f"{draft}/check/")
    assert trader.says("It cannot be lodged yet")
    assert not trader.page.locator(f'form[action="{draft}/lodge/"]').count()

    trader.page.locator(".govuk-error-summary a").first.click()
    trader.page.wait_for_url(re.compile(r"/part/goods/0/\?faults#f\.goods\.0\.commodity_code"))
    assert code.get_attribute("aria-invalid") == "true"
    code.fill(right)
    trader.press("Save and continue")
    reference = trader.lodge(draft)
    assert trader.says(reference)
    trader.follow("See where it is")
    assert trader.says("Being assessed")
    assert trader.says("Lodged")

    officer.task(reference, "claim")
    officer.press("Take this case")
    officer.act("query", reason="value", words="What does the assist cost?")
    trader.go(f"/submissions/{reference}/")
    assert trader.says("Waiting for your reply")
    assert trader.says("What does the assist cost?")
    trader.act("reply", words="It is in the invoice price.")
    assert trader.says("Being assessed")

    officer.task(reference, "accept")
    assert officer.says("It is in the invoice price.")
    officer.act("accept", words="In order")
    officer.task(reference, "release")
    officer.act("release")
    trader.go(f"/submissions/{reference}/")
    assert trader.says("Released")
    assert trader.says("The declaration is complete.")


def test_the_same_form_is_filled_in_and_lodged_without_a_script(pages: House, walker: Walkers) -> None:
    trader = walker("owner", script=False)
    draft = trader.start("import-declaration", example=True)
    trader.go(f"{draft}/part/goods/0/")
    quantity = trader.page.locator('[name="/goods/0/quantity"]')
    quantity.fill("-1")
    trader.press("Save and continue")
    assert trader.page.locator(".govuk-error-summary").is_visible()
    quantity.fill("2400")
    trader.press("Save and continue")
    reference = trader.lodge(draft)
    trader.follow("See where it is")
    trader.act("withdraw", reason=trader.page.locator('[name="/reason"] option').nth(1).get_attribute("value") or "")
    assert trader.says("Withdrawn")
    assert trader.says(reference)


def test_sign_in_and_form_need_no_mouse(pages: House, walker: Walkers) -> None:
    trader = walker()
    trader.go("/sign-in/?next=/services/import-declaration/")
    keys = trader.page.keyboard
    keys.press("Tab")
    assert trader.page.evaluate("document.activeElement.getAttribute('href')") == "#main", "first a way past the head"
    _press_on(trader.page, 'form[action="/demonstration/sign-in/owner/"] button')
    assert trader.page.url.endswith("/services/import-declaration/")
    _press_on(trader.page, 'form[action$="/start/"] button')
    _tab_to(trader.page, '[name="/reference"]')
    keys.type("KEYS-ONLY")
    _tab_to(trader.page, '[name="/form"]')
    keys.press("ArrowDown")
    _press_on(trader.page, 'button[name="go"]:not([tabindex])')
    _press_on(trader.page, "nav.groups a")
    assert trader.page.locator('[name="/reference"]').input_value() == "KEYS-ONLY"


def test_a_change_of_language_keeps_what_was_typed_in_all_three(pages: House, walker: Walkers) -> None:
    trader = walker("owner")
    trader.start("import-declaration", example=False)
    field = trader.page.locator('[name="/reference"]')
    field.fill("KEPT-1")
    for language, shown in (("zh-Hant", "zh-Hant-HK"), ("zh-Hans", "zh-Hans"), ("en", "en")):
        trader.page.locator(f'button[name="_language"][value="{language}"]').click()
        trader.page.wait_for_function(f"document.documentElement.lang === '{shown}'")
        assert field.input_value() == "KEPT-1"


def _press_on(page: Page, selector: str) -> None:
    """Goes there by keyboard and presses Enter."""
    _tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _tab_to(page: Page, selector: str) -> None:
    """Presses the tabulator until the focus is there, and sees that the focus can be seen."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("sel => document.activeElement === document.querySelector(sel)", selector):
            seen = "() => { const s = getComputedStyle(document.activeElement);"
            seen += " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
            assert page.evaluate(seen), f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")
