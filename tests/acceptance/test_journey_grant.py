"""A grant in a real browser: applied for, marked by a panel, endorsed by amount, agreed, reported on and paid."""

from __future__ import annotations

from acceptance.house import House
from acceptance.walking import Walker, Walkers


def _mark(member: Walker, reference: str, mark: str) -> None:
    member.task(reference, "score")
    assert not member.says("Innovation:"), "nobody reads another's marks before giving their own"
    form = member.form("score")
    fields = form.locator('[name$="/mark"]')
    assert fields.count() == 10
    for field in fields.all():
        field.fill(mark)
    member.act("score", words="Marked")


def test_a_grant_is_marked_endorsed_agreed_reported_on_and_paid(pages: House, walker: Walkers) -> None:
    applicant, secretariat, intermediary = (walker(who) for who in ("owner", "secretariat", "intermediary"))
    reference = applicant.lodged("social-innovation")
    secretariat.task(reference, "accept")
    secretariat.act("accept")
    intermediary.task(reference, "recommend")
    intermediary.act("recommend", words="A sound proposal")

    members = [walker(f"member-{number}") for number in (1, 2, 3, 4)]
    members[0].task(reference, "recuse")
    members[0].act("recuse", words="I know the applicant.")
    for member, mark in zip(members[1:], ("8", "7", "9"), strict=True):
        _mark(member, reference, mark)

    secretariat.task(reference, "endorse")
    assert "Joint Vetting Committee" in secretariat.page.locator("h1, .govuk-caption-m").all_inner_texts()[0]
    secretariat.act("endorse", words="Endorsed in full")
    secretariat.task(reference, "offer")
    secretariat.act("offer", sign_by="2099-01-31", conditions__0="Report each quarter")
    assert secretariat.says("Innovation: 8"), "marks stand under the words of their criteria"
    applicant.go("/today/")
    assert reference in applicant.page.locator("main ul").first.inner_text(), "what waits for the lodger comes first"
    applicant.go(f"/submissions/{reference}/")
    assert applicant.says("Agreement ready to sign")
    assert applicant.says("Report each quarter")
    assert not applicant.says("I know the applicant.")
    applicant.act("sign", name="Chan Wing Yan", agreed="true")
    assert applicant.says("Project running")

    applicant.act("report", words="The coordinator is employed.", spent="30000.00")
    intermediary.task(reference, "ask-again")
    assert intermediary.says("The coordinator is employed.")
    intermediary.act("accept")
    finance = walker("finance")
    finance.task(reference, "pay")
    finance.act("pay", amount="135000.00", reference="P-1")
    applicant.go(f"/submissions/{reference}/")
    assert applicant.says("The payment was made.")
    assert applicant.says("135,000.00") or applicant.says("135000.00")
