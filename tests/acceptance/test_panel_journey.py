"""A grant: screened, recommended, marked by a panel of which one member steps aside, and endorsed."""

from __future__ import annotations

import re

from acceptance.house import House, Visitor

CRITERION = re.compile(r'name="(/marks/(\d+)/criterion)" value="([^"]+)"')


def _mark(member: Visitor, task: str, mark: str) -> None:
    """The member's marks: the form offers every criterion, each with its own field."""
    page = member.get(task).text
    criteria = CRITERION.findall(page)
    assert len(criteria) == 10
    fields = {name: value for name, _, value in criteria}
    fields |= {f"/marks/{row}": "row" for _, row, _ in criteria} | {
        f"/marks/{row}/mark": mark for _, row, _ in criteria
    }
    answer = member.post(f"{task}act/score/", **fields)
    assert answer.status_code == 302, answer.text[-2000:]


def test_a_panel_marks_a_grant_without_the_member_who_stepped_aside_and_it_is_endorsed(pages: House) -> None:
    applicant, secretariat, intermediary = (pages.visitor(name) for name in ("owner", "secretariat", "intermediary"))
    reference = pages.lodged(applicant, "social-innovation")
    task = pages.task(secretariat, reference)
    secretariat.get(task)
    assert secretariat.post(f"{task}act/accept/").status_code == 302
    task = pages.task(intermediary, reference)
    intermediary.get(task)
    assert intermediary.post(f"{task}act/recommend/", __words="Sound").status_code == 302

    members = [pages.visitor(f"member-{number}") for number in (1, 2, 3, 4)]
    task = pages.task(members[0], reference)
    members[0].get(task)
    assert members[0].post(f"{task}act/recuse/", __words="I know the applicant.").status_code == 302
    assert f'action="{task}act/score/"' not in members[0].get(task).text, "who stepped aside marks nothing"
    for member in members[1:]:
        _mark(member, task, "8")

    task = pages.task(secretariat, reference)
    secretariat.get(task)
    assert secretariat.post(f"{task}act/endorse/").status_code == 302
    page = applicant.get(f"/submissions/{reference}/").text
    assert "Endorsed." in page
    assert "I know the applicant." not in page, "a member's conflict is not the applicant's to read"


def test_a_mark_above_the_most_is_named_at_its_criterion(pages: House) -> None:
    applicant, secretariat, intermediary = (pages.visitor(name) for name in ("owner", "secretariat", "intermediary"))
    reference = pages.lodged(applicant, "social-innovation")
    for visitor, action in ((secretariat, "accept"), (intermediary, "recommend")):
        task = pages.task(visitor, reference)
        visitor.get(task)
        assert visitor.post(f"{task}act/{action}/", __words="Sound").status_code == 302
    member = pages.visitor("member-1")
    task = pages.task(member, reference)
    criteria = CRITERION.findall(member.get(task).text)
    fields = {name: value for name, _, value in criteria} | {f"/marks/{row}/mark": "11" for _, row, _ in criteria}
    answer = member.post(f"{task}act/score/", **fields)
    assert answer.status_code == 422
    assert "must lie between 0 and 10" in answer.text
