"""A complaint in a real browser: no account, Chinese words, a photo; split, bounced, answered, and opened again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acceptance.house import House
from acceptance.test_citizen_journey import PHOTO
from acceptance.walking import Walker, Walkers, answer

WORDS = "渠蓋鬆脫，行人經過時發出巨響，晚上更有人絆倒。"


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """A photo on the person's own machine."""
    file = tmp_path / "cover.jpg"
    file.write_bytes(PHOTO)
    return str(file)


def _complain(person: Walker, photo: str) -> tuple[str, str]:
    """Reference and secret of a complaint in Chinese."""
    person.go("/services/complaint/")
    person.press("立即開始")
    draft = person.page.url.removeprefix(person.house.url).partition("/part/")[0]
    form = person.page.locator("#document")
    for name, value in (
        ("/kind", "report"),
        ("/subject", "渠蓋鬆脫"),
        ("/description", WORDS),
        ("/language", "zh-Hant"),
        ("/place/address", "深水埗欽州街120號對出"),
    ):
        answer(form, name, value)
    topic = form.locator('[name="/topic"] option').nth(1).get_attribute("value") or ""
    answer(form, "/topic", topic)
    form.locator('button[name="add"][value="/photos"]').click()
    answer(form, "/photos/0/file", photo)
    person.press("儲存並繼續")
    assert person.says(WORDS)
    reference = person.lodge(draft)
    secret = re.search(r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}\b", person.page.locator("main").inner_text())
    assert secret, "the secret is shown with the receipt"
    return reference, secret[0]


def test_a_complaint_is_split_bounced_sent_on_answered_and_opened_again(
    pages: House, walker: Walkers, photo: str
) -> None:
    person = walker(language="zh-HK")
    reference, secret = _complain(person, photo)
    agent, highways, electrical, leisure = (walker(who) for who in ("agent", "highways", "electrical", "leisure"))

    agent.task(reference, "claim")
    assert agent.says(WORDS)
    agent.press("Take this case")
    form = agent.form("split")
    with agent.page.expect_navigation():
        form.locator('button[name="add"]').click()
    agent.act("split", legs__0__agency="hyd", legs__0__note="Fix the cover", legs__1__agency="emsd")

    electrical.task(reference, "not-ours")
    electrical.act("not-ours", reason="There is nothing electrical here.", proposed_owner="lcsd")
    agent.task(reference, "split")
    assert agent.says("There is nothing electrical here.")
    assert agent.says("Leisure and Cultural Services Department")
    agent.act("split", legs__0__agency="lcsd", new_fact="The park next to it is yours.")

    highways.task(reference, "substantive-reply")
    assert highways.says("Fix the cover")
    highways.act("substantive-reply", finding="rectified", words="The cover is fixed.")
    leisure.task(reference, "substantive-reply")
    leisure.act("substantive-reply", finding="no-fault", words="The park is in order.")
    agent.task(reference, "answer")
    agent.act("answer", words="渠蓋已於今早修妥。")

    later = walker(language="zh-HK")
    later.go("/track/")
    page = later.page.locator("main")
    answer(page, "reference", reference)
    answer(page, "secret", secret)
    with later.page.expect_navigation():
        page.get_by_role("button").click()
    assert later.says("渠蓋已於今早修妥。")
    assert later.says("已答覆")
    assert not later.says("There is nothing electrical here."), "what departments say to each other stays with them"
    later.act("reopen", words="今晚又再鬆脫。")
    assert not later.says("已答覆\n")
    agent.task(reference, "split")
    assert agent.says("今晚又再鬆脫。")
