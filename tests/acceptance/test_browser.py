"""The browser that the journeys are walked with."""

from playwright.sync_api import Browser


def test_the_browser_has_letters_for_chinese_and_not_one_box_for_all(browser: Browser) -> None:
    page = browser.new_page()
    pictures = []
    for word in ("遞交", "簽發"):
        page.set_content(f"<span>{word}</span>")
        pictures.append(page.locator("span").screenshot())
    page.close()
    assert pictures[0] != pictures[1]
