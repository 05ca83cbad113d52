"""Some services are walked from lodging to their end, by everyone who has a part in them."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from onewindow.definitions.model import Definition
from onewindow.engine.checker import Judgement
from onewindow.engine.life import Life
from onewindow.engine.life_cycle import act, open_life
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import Actor
from onewindow.kernel.working_time import WorkingCalendar

REGISTRY = Registry.load()
ALWAYS = {name: WorkingCalendar(name) for name in ("office", "always")}
LODGER = Actor("company:1", roles=frozenset({"lodger"}))
AT = datetime(2026, 6, 1, 2, tzinfo=UTC)


class Walk:
    """A submission of `service` made from its accepted example, and the acts done to it."""

    def __init__(self, service: str, **changes: object) -> None:
        checker = REGISTRY.checker(service)
        assert checker is not None
        body = json.loads(REGISTRY.example(service, date(2026, 6, 1), reference="WALK-1"))
        body.update(changes)
        judged = checker.judge(json.dumps(body).encode(), date(2026, 6, 1))
        assert isinstance(judged, Judgement), judged
        self.definition: Definition = checker.definition
        self.document: Mapping[str, object] = body
        self.life: Life = open_life(self.definition, judged.opening, AT, ALWAYS, reference="WALK")
        self.acts = 0

    def act(self, action: str, stage: str, *, user: str = "ada", row: int = 0, by: Actor | None = None, **body: object):
        """Does `action` to the open leg of `stage`, as its officer or as `by`."""
        leg = next(leg for leg in self.life.open_legs if leg.stage == stage and row in (0, leg.row))
        actor = by or Actor(f"agency:{leg.agency}", user=user, roles=frozenset({leg.role}))
        self.acts += 1
        at = AT + timedelta(hours=self.acts)
        step = act(self.definition, self.life, action, leg.id, body, actor, at, ALWAYS, document=self.document)
        self.life = step.life
        return step

    @property
    def open(self) -> list[str]:
        return [leg.stage for leg in self.life.open_legs]


def _marks(walk: Walk, mark: str) -> list[dict[str, str]]:
    panel = walk.definition.stage("scoring").panel
    return [{"criterion": code, "mark": mark} for code, _, _ in panel.criteria]


def _endorsed() -> Walk:
    walk = Walk("social-innovation")
    walk.act("accept", "eligibility")
    walk.act("recommend", "review", words="Sound")
    walk.act("recuse", "scoring", user="m0", words="My sister applies")
    for member in ("m1", "m2", "m3"):
        walk.act("score", "scoring", user=member, marks=_marks(walk, "7"))
    assert walk.open == ["joint-committee"]
    walk.act("endorse", "joint-committee")
    return walk


def test_a_grant_runs_from_eligibility_to_audited_accounts():
    walk = _endorsed()
    walk.act("offer", "agreement", sign_by="2026-09-01")
    assert walk.life.state == "offered"
    signed = walk.act("sign", "agreement", by=LODGER, name="Chan", agreed=True)
    assert signed.issued.number == "SIE-WALK"
    assert walk.open == ["milestone-report"] * 3
    for row in (2, 1, 3):
        walk.act("report", "milestone-report", by=LODGER, row=row, words="Done")
        walk.act("ask-again", "milestone-review", row=row, words="Photographs, please")
        walk.act("report-again", "milestone-review", by=LODGER, row=row, words="Here they are")
        walk.act("accept", "milestone-review", row=row)
        walk.act("pay", "payment", row=row, amount="1.00")
    assert walk.life.state == "accounts"
    walk.act("hand-in-accounts", "accounts", by=LODGER, words="All done")
    walk.act("accept", "closure")
    assert (walk.life.state, len(walk.life.issued)) == ("completed", 1)


def test_a_grant_below_the_pass_mark_is_refused_by_the_panel():
    walk = Walk("social-innovation")
    walk.act("accept", "eligibility")
    walk.act("recommend", "review", words="Doubtful")
    for member in ("m1", "m2", "m3"):
        walk.act("score", "scoring", user=member, marks=_marks(walk, "5.9"))
    assert (walk.life.state, walk.open) == ("refused", [])


def test_a_grant_that_is_misspent_is_claimed_back():
    walk = _endorsed()
    walk.act("offer", "agreement", sign_by="2026-09-01")
    walk.act("sign", "agreement", by=LODGER, name="Chan", agreed=True)
    for row in (1, 2, 3):
        walk.act("report", "milestone-report", by=LODGER, row=row, words="Done")
        walk.act("accept", "milestone-review", row=row)
        walk.act("pay", "payment", row=row, amount="1.00")
    walk.act("claw-back", "accounts", amount="450000.00", words="No accounts came")
    assert walk.life.state == "clawed-back"


def test_a_licence_for_live_animals_is_issued_on_approval_and_inspected_by_two_agencies():
    walk = Walk("cites-import-licence")
    issued = walk.act("approve", "vetting").issued
    assert issued.number == "CIL-WALK"
    assert (walk.life.state, walk.open) == ("inspection", ["inspection", "customs"])
    assert {account.line: str(account.available) for account in walk.life.ledger.accounts} == {"1": "40", "2": "1.5"}
    walk.act("inspect-part", "inspection", arrived_on="2026-06-20", words="Twenty turtles, all well")
    walk.act("inspect", "customs")
    assert walk.act("inspect", "inspection").issued is None
    assert (walk.life.state, walk.life.document.number) == ("issued", "CIL-WALK")


def test_a_seizure_revokes_the_licence():
    walk = Walk("cites-import-licence")
    walk.act("approve", "vetting")
    walk.act("seize", "customs", words="The permit was forged")
    assert (walk.life.state, walk.life.document, walk.open) == ("revoked", None, [])


def test_a_certificate_of_origin_is_issued_by_the_body_it_names_and_ends_when_surrendered():
    walk = Walk("certificate-of-origin", issuing_body="cmahk")
    assert [leg.agency for leg in walk.life.open_legs] == ["cmahk"]
    assert walk.act("approve", "vetting-cmahk").issued.number == "CO-WALK"
    assert walk.life.state == "issued"
    body = {"reason": "order-cancelled"}
    step = act(walk.definition, walk.life, "surrender", "", body, LODGER, AT + timedelta(days=2), ALWAYS)
    assert (step.life.state, step.life.document) == ("surrendered", None)


def test_a_replacement_takes_the_place_of_the_certificate_it_names():
    number = "CO-2B4K-9DQ7-XX1M"
    new = Walk(
        "certificate-of-origin", kind_of_application="replacement", earlier_certificate=number, change_reason="lost"
    )
    assert [(effect.on, effect.act, effect.refers) for effect in new.life.effects] == [("issued", "supersede", number)]
    old = Walk("certificate-of-origin")
    old.act("approve", "vetting-tid")
    system = Actor("system:engine", roles=frozenset({"system"}))
    step = act(old.definition, old.life, "supersede", "", {"by": "NEW"}, system, AT + timedelta(days=2), ALWAYS)
    assert (step.life.state, step.life.document) == ("replaced", None)


def test_a_renewed_licence_takes_the_place_of_the_one_it_names():
    number = "CIL-2B4K-9DQ7-XX1M"
    new = Walk("cites-import-licence", kind="renewal", earlier_licence=number)
    assert [(effect.on, effect.act, effect.refers) for effect in new.life.effects] == [("issued", "supersede", number)]
