"""What acts do to a submission's life."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from onewindow.definitions import flow
from onewindow.definitions.model import Clock, Limit
from onewindow.engine.life import verbs as life_verbs
from onewindow.engine.life.cycle import (
    Held,
    NotNow,
    NotYours,
    OpeningBook,
    Unfit,
    act,
    allowed,
    breach,
    decode_life,
    encode_life,
    open_life,
    settle_effect,
)
from onewindow.engine.life.life import Opening
from onewindow.kernel.working_time import HONG_KONG
from unit.life_services import (
    AGENT,
    CALENDARS,
    CHECKER,
    COMPLAINT,
    DOCUMENT,
    GRANT,
    INSPECTOR,
    LICENCE,
    LODGED_AT,
    LODGER,
    REFERENCE,
    SECRETARY,
    SYSTEM_ACTOR,
    VETTER,
    begin,
    do,
    officer,
)

REFUSAL = {"reasons": ["incomplete"], "words": "no permit"}


def names(service, life, actor):
    return {(one.action, one.leg) for one in allowed(service, life, actor)}


def open_stages(life):
    return [(leg.id, leg.stage, leg.state) for leg in life.open_legs]


def test_parallel_stages_open_at_lodging_and_a_later_one_waits_for_its_turn():
    life = begin(LICENCE, "vetting checking inspection")
    assert open_stages(life) == [("1", "vetting", "pending"), ("2", "checking", "pending")]
    assert life.state == "vetting"
    life = do(LICENCE, life, "approve", "1", VETTER)
    assert open_stages(life) == [("2", "checking", "pending"), ("3", "inspection", "pending")]
    assert life.state == "checking"


def test_a_stage_whose_condition_is_false_counts_as_passed():
    life = begin(LICENCE, "vetting")
    life = do(LICENCE, life, "approve", "1", VETTER)
    assert (life.state, life.open_legs) == ("issued", ())


def test_the_last_approval_issues_the_document_with_its_balances():
    life = begin(LICENCE, "vetting")
    step = act(LICENCE, life, "approve", "1", {}, VETTER, LODGED_AT, CALENDARS, document=DOCUMENT)
    assert [event.kind for event in step.events] == ["approve", "issued"]
    assert step.issued.number == f"IL-{REFERENCE}"
    assert step.issued.valid_until == datetime(2026, 12, 1, 10, tzinfo=HONG_KONG)
    balances = {account.line: (str(account.available), account.unit) for account in step.life.ledger.accounts}
    assert balances == {"1": ("10", "KGM"), "2": ("2.5", "PCE")}


def test_a_refusal_ends_the_journey_and_closes_what_is_open_elsewhere():
    life = do(LICENCE, begin(LICENCE, "vetting checking"), "refuse", "1", VETTER, REFUSAL)
    assert (life.state, life.open_legs) == ("refused", ())
    assert [(leg.outcome, leg.result) for leg in life.legs] == [("refused", "stop"), ("ended", "stop")]


def test_only_the_role_of_the_stage_at_the_agency_of_the_leg_may_act():
    life = begin(LICENCE, "vetting checking")
    for stranger in (CHECKER, INSPECTOR, LODGER, officer("tid", "licensing-officer")):
        with pytest.raises(NotYours):
            do(LICENCE, life, "approve", "1", stranger)


def test_what_somebody_else_has_taken_names_the_holder():
    life = do(LICENCE, begin(LICENCE, "vetting"), "claim", "1", VETTER)
    with pytest.raises(Held) as refused:
        do(LICENCE, life, "approve", "1", officer("afcd", "licensing-officer", "zoe"))
    assert refused.value.holder == "ada"
    life = do(LICENCE, life, "unclaim", "1", VETTER)
    assert do(LICENCE, life, "approve", "1", officer("afcd", "licensing-officer", "zoe")).state == "issued"


def test_an_action_the_state_does_not_allow_names_what_it_does_allow():
    life = do(LICENCE, begin(LICENCE, "vetting"), "query", "1", VETTER)
    with pytest.raises(NotNow) as refused:
        do(LICENCE, life, "approve", "1", VETTER)
    assert (refused.value.state, refused.value.allowed) == ("queried", ("message",))
    with pytest.raises(NotNow) as refused:
        do(LICENCE, do(LICENCE, begin(LICENCE, "vetting"), "approve", "1", VETTER), "withdraw", "", LODGER)
    assert refused.value.allowed == ()


def test_the_buttons_are_exactly_what_may_be_done():
    life = begin(LICENCE, "vetting checking")
    assert names(LICENCE, life, LODGER) == {("amend", ""), ("withdraw", "")}
    assert names(LICENCE, life, CHECKER) == {
        (name, "2") for name in ("claim", "query", "approve", "refuse", "send-back", "message")
    }
    life = do(LICENCE, life, "query", "1", VETTER)
    assert names(LICENCE, life, LODGER) == {("amend", ""), ("withdraw", ""), ("reply", "")}


def test_a_query_stops_the_clock_and_the_reply_gives_back_what_was_left():
    life = begin(LICENCE, "vetting")
    assert life.legs[0].clocks[0].due_at == datetime(2026, 6, 3, 17, 30, tzinfo=HONG_KONG)
    life = do(LICENCE, life, "query", "1", VETTER, at=datetime(2026, 6, 3, 16, 30, tzinfo=HONG_KONG))
    assert life.state == "queried"
    life = do(LICENCE, life, "reply", "", LODGER, {"words": "here"}, at=datetime(2026, 6, 8, 11, 0, tzinfo=HONG_KONG))
    assert (life.state, life.legs[0].state, life.legs[0].holder) == ("vetting", "claimed", "ada")
    assert life.legs[0].clocks[0].due_at == datetime(2026, 6, 8, 12, 0, tzinfo=HONG_KONG)


def test_sent_back_opens_the_same_stage_again():
    life = do(LICENCE, begin(LICENCE, "vetting"), "send-back", "1", VETTER)
    assert open_stages(life) == [("2", "vetting", "pending")]


def test_a_withdrawal_closes_everything_under_one_word():
    life = do(LICENCE, begin(LICENCE, "vetting checking"), "withdraw", "", LODGER, {"reason": "mistake"})
    assert (life.state, life.open_legs) == ("withdrawn", ())


def test_an_amendment_opens_what_was_decided_and_keeps_what_is_being_worked_on():
    life = begin(LICENCE, "vetting checking")
    life = do(LICENCE, life, "approve", "2", CHECKER)
    life = do(LICENCE, life, "query", "1", VETTER)
    life = do(LICENCE, life, "amend", "", LODGER, opening=Opening(("vetting", "checking", "inspection")))
    assert open_stages(life) == [("1", "vetting", "claimed"), ("3", "checking", "pending")]
    assert life.state == "vetting"
    life = do(LICENCE, life, "amend", "", LODGER, opening=Opening(("vetting",)))
    assert open_stages(life) == [("1", "vetting", "claimed")]
    assert do(LICENCE, life, "approve", "1", VETTER).state == "issued"


def test_a_bundled_submission_cannot_change_and_is_in_one_bundle_only():
    life = begin(LICENCE, "vetting")
    life = do(LICENCE, life, "bundle", "", SYSTEM_ACTOR, {"by": "B-1"})
    assert life.state == "bundled"
    with pytest.raises(Unfit, match="another bundle"):
        do(LICENCE, life, "bundle", "", SYSTEM_ACTOR, {"by": "B-2"})
    with pytest.raises(NotNow):
        do(LICENCE, life, "amend", "", LODGER, opening=Opening(("vetting",)))
    life = do(LICENCE, life, "unbundle", "", SYSTEM_ACTOR)
    assert (life.state, life.bound_to) == ("vetting", "")


def test_a_balance_is_reserved_written_off_or_given_back_and_never_falls_below_zero():
    life = do(LICENCE, begin(LICENCE, "vetting"), "approve", "1", VETTER)
    life = do(LICENCE, life, "reserve", "", SYSTEM_ACTOR, {"cause": "a", "line": "1", "quantity": "6"})
    life = do(LICENCE, life, "reserve", "", SYSTEM_ACTOR, {"cause": "a", "line": "1", "quantity": "6"})
    with pytest.raises(Unfit, match="Only 4 KGM is left"):
        do(LICENCE, life, "reserve", "", SYSTEM_ACTOR, {"cause": "b", "line": "1", "quantity": "5"})
    life = do(LICENCE, life, "commit", "", SYSTEM_ACTOR, {"cause": "a"})
    life = do(LICENCE, life, "reserve", "", SYSTEM_ACTOR, {"cause": "c", "line": "1", "quantity": "4"})
    life = do(LICENCE, life, "restore", "", SYSTEM_ACTOR, {"cause": "c"})
    account = life.ledger.account("1")
    assert (account.granted, account.available, account.reserved, account.used) == (-10, 4, 0, 6)


def test_an_expired_document_gives_nothing():
    life = do(LICENCE, begin(LICENCE, "vetting"), "approve", "1", VETTER)
    with pytest.raises(NotNow):
        do(
            LICENCE,
            life,
            "reserve",
            "",
            SYSTEM_ACTOR,
            {"cause": "a", "line": "1", "quantity": "1"},
            at=LODGED_AT + timedelta(days=200),
        )


def test_a_revoked_document_is_no_longer_in_force():
    life = do(LICENCE, begin(LICENCE, "vetting"), "approve", "1", VETTER)
    life = do(LICENCE, life, "revoke", "", VETTER, {"words": "holder struck off"})
    assert (life.state, life.document) == ("revoked", None)
    with pytest.raises(NotNow):
        do(LICENCE, life, "reserve", "", SYSTEM_ACTOR, {"cause": "a", "line": "1", "quantity": "1"})


def split_to(*agencies, **more):
    return {"legs": [{"stage": "department", "agency": agency, "note": "look"} for agency in agencies], **more}


def test_a_split_makes_legs_below_and_the_parent_closes_with_the_last_of_them():
    life = do(COMPLAINT, begin(COMPLAINT, "triage closing"), "split", "1", AGENT, split_to("hyd", "dsd"))
    assert open_stages(life) == [
        ("1", "triage", "split"),
        ("1.1", "department", "pending"),
        ("1.2", "department", "pending"),
    ]
    assert life.state == "with-department"
    life = do(COMPLAINT, life, "answer", "1.1", officer("hyd", "caseworker"), {"words": "done"})
    assert life.leg("1").state == "split"
    life = do(COMPLAINT, life, "answer", "1.2", officer("dsd", "caseworker"), {"words": "done"})
    assert open_stages(life) == [("2", "closing", "pending")]
    assert do(COMPLAINT, life, "answer", "2", AGENT, {"words": "all done"}).state == "answered"


def test_an_amendment_ends_the_legs_below_a_step_that_is_no_longer_needed():
    service = replace(COMPLAINT, lodging=replace(COMPLAINT.lodging, amend=("with-department",)))
    life = do(service, begin(service, "triage closing"), "split", "1", AGENT, split_to("hyd"))
    life = do(service, life, "amend", "", LODGER, opening=Opening(("closing",)))
    assert open_stages(life) == [("2", "closing", "pending")]


def test_a_split_names_somebody():
    with pytest.raises(Unfit, match="No department"):
        do(COMPLAINT, begin(COMPLAINT, "triage closing"), "split", "1", AGENT, split_to())


def test_not_ours_comes_back_to_the_agent_and_cannot_go_there_again_without_a_new_fact():
    life = do(COMPLAINT, begin(COMPLAINT, "triage closing"), "split", "1", AGENT, split_to("hyd", "dsd"))
    hyd = officer("hyd", "caseworker")
    with pytest.raises(Unfit):
        do(COMPLAINT, life, "not-ours", "1.1", hyd, {"reason": "private road"})
    with pytest.raises(Unfit, match="own department"):
        do(COMPLAINT, life, "not-ours", "1.1", hyd, {"reason": "private road", "proposed_owner": "hyd"})
    step = act(
        COMPLAINT,
        life,
        "not-ours",
        "1.1",
        {"reason": "private road", "proposed_owner": "landsd"},
        hyd,
        LODGED_AT,
        CALENDARS,
    )
    assert step.events[0].facts["precedent"] == {"from": "hyd", "to": "landsd"}
    assert step.events[0].facts["tells"] == ["agency:centre"]
    life = step.life
    assert life.leg("1").state == "pending"
    with pytest.raises(NotNow):
        do(COMPLAINT, life, "answer", "1", AGENT, {"words": "x"})  # a department still works on it
    with pytest.raises(Unfit, match="already said"):
        do(COMPLAINT, life, "split", "1", AGENT, split_to("hyd"))
    assert do(COMPLAINT, life, "split", "1", AGENT, split_to("hyd", new_fact="road adopted")).leg("1.3").agency == "hyd"


def test_a_leg_without_a_parent_cannot_say_not_ours():
    life = begin(COMPLAINT, "triage closing")
    with pytest.raises(NotNow):
        do(COMPLAINT, life, "not-ours", "1", AGENT, {"reason": "x", "proposed_owner": "hyd"})


def test_a_message_reaches_those_it_is_for():
    life = do(COMPLAINT, begin(COMPLAINT, "triage closing"), "split", "1", AGENT, split_to("hyd", "dsd"))
    tells = {}
    for audience in ("person", "departments", "internal"):
        step = act(
            COMPLAINT,
            life,
            "message",
            "1.1",
            {"to": audience, "words": "x"},
            officer("hyd", "caseworker"),
            LODGED_AT,
            CALENDARS,
        )
        tells[audience] = step.events[0].facts["tells"]
    assert tells == {"person": ["lodger"], "departments": ["agency:centre", "agency:dsd"], "internal": []}


def test_a_closed_complaint_opens_again_at_its_last_stage():
    life = do(COMPLAINT, begin(COMPLAINT, "triage closing"), "answer", "1", AGENT, {"words": "a"})
    life = do(COMPLAINT, life, "answer", "2", AGENT, {"words": "b"})
    assert life.state == "answered"
    assert open_stages(do(COMPLAINT, life, "reopen", "", LODGER, {"words": "still broken"})) == [
        ("3", "closing", "pending")
    ]
    again = do(COMPLAINT, life, "reopen", "", LODGER, {"words": "still broken", "stage": "triage"})
    assert open_stages(again) == [("3", "triage", "pending")]
    again = do(COMPLAINT, again, "answer", "3", AGENT, {"words": "c"})
    assert open_stages(again) == [("4", "closing", "pending")]


def marks(impact, cost):
    return {"marks": [{"criterion": "impact", "mark": impact}, {"criterion": "cost", "mark": cost}]}


def at_the_panel():
    return do(GRANT, begin(GRANT, "eligibility panel report payment", report=2, payment=2), "accept", "1", SECRETARY)


def test_a_panel_decides_when_its_quorum_has_scored_and_who_stepped_aside_does_not_count():
    life = at_the_panel()
    life = do(GRANT, life, "recuse", "2", officer("sief", "member", "m0"), {"words": "my cousin"})
    with pytest.raises(NotNow):
        do(GRANT, life, "score", "2", officer("sief", "member", "m0"), marks("10", "10"))
    for member in ("m1", "m2"):
        life = do(GRANT, life, "score", "2", officer("sief", "member", member), marks("7", "4.5"))
    assert life.state == "panel"
    step = act(GRANT, life, "score", "2", marks("8", "5"), officer("sief", "member", "m3"), LODGED_AT, CALENDARS)
    assert [event.kind for event in step.events] == ["score", "endorse"]
    assert step.events[1].facts["tells"] == ["lodger"]
    assert step.life.state == "report"


def test_a_panel_below_its_pass_mark_refuses():
    life = at_the_panel()
    for member in ("m1", "m2", "m3"):
        life = do(GRANT, life, "score", "2", officer("sief", "member", member), marks("6", "5.9"))
    assert (life.state, life.open_legs) == ("refused", ())


@pytest.mark.parametrize(
    "body",
    [
        marks("11", "1"),
        marks("-1", "1"),
        {"marks": [{"criterion": "impact", "mark": "5"}]},
        {"marks": [{"criterion": "charm", "mark": "5"}]},
    ],
)
def test_marks_out_of_range_missing_or_for_nothing_we_know_are_refused(body):
    with pytest.raises(Unfit):
        do(GRANT, at_the_panel(), "score", "2", officer("sief", "member", "m1"), body)


def test_every_milestone_has_its_own_leg_and_its_payment_follows_its_own_report():
    life = at_the_panel()
    for member in ("m1", "m2", "m3"):
        life = do(GRANT, life, "score", "2", officer("sief", "member", member), marks("9", "9"))
    assert [(leg.stage, leg.row) for leg in life.open_legs] == [("report", 1), ("report", 2)]
    life = do(GRANT, life, "report", "4", LODGER, {"words": "second one first"})
    assert [(leg.stage, leg.row) for leg in life.open_legs] == [("report", 1), ("payment", 2)]
    life = do(GRANT, life, "pay", "5", SECRETARY, {"amount": "100.00"})
    life = do(GRANT, life, "report", "3", LODGER, {"words": "first"})
    assert do(GRANT, life, "pay", "6", SECRETARY, {"amount": "100.00"}).state == "completed"


def test_an_action_that_keeps_a_pledge_stops_its_clock_and_leaves_the_others():
    interim = Clock("interim", Limit("days", 10), stops=("message",))
    stage = replace(LICENCE.stages[0], clocks=(*LICENCE.stages[0].clocks, interim))
    service = replace(LICENCE, stages=(stage,))
    life = do(service, begin(service, "vetting"), "message", "1", VETTER, {"to": "person", "words": "soon"})
    assert [(clock.name, clock.stopped_at is not None) for clock in life.legs[0].clocks] == [
        ("due", False),
        ("interim", True),
    ]


def test_the_verbs_are_those_the_language_knows():
    assert set(life_verbs.VERBS) == flow.VERBS


def test_a_broken_pledge_is_said_once():
    life = begin(LICENCE, "vetting")
    late = LODGED_AT + timedelta(days=9)
    assert breach(life, LICENCE, "1", "due", LODGED_AT) is None
    step = breach(life, LICENCE, "1", "due", late)
    assert step.events[0].kind == "pledge-breached"
    assert step.life.version == 2
    assert breach(step.life, LICENCE, "1", "due", late) is None


def test_a_department_that_stays_silent_is_made_known_to_whoever_sent_it_the_case():
    life = do(COMPLAINT, begin(COMPLAINT, "triage closing"), "split", "1", AGENT, split_to("hyd"))
    step = breach(life, COMPLAINT, "1.1", "due", LODGED_AT + timedelta(days=31))
    assert step.events[0].facts["tells"] == ["agency:centre", "agency:hyd"]


def test_nothing_is_issued_before_what_it_draws_on_is_settled():
    effects = [["lodged", "reserve", "IL-1", {"quantity": "5"}], ["issued", "commit", "IL-1", {}]]
    opening = msgspec.json.encode({"stages": ["vetting"], "effects": effects})
    life = open_life(LICENCE, opening, LODGED_AT, CALENDARS)
    with pytest.raises(NotNow, match="not settled"):
        do(LICENCE, life, "approve", "1", VETTER)
    refused = settle_effect(life, LICENCE, "x/1", LODGED_AT, refused="too little left").life
    with pytest.raises(NotNow):
        do(LICENCE, refused, "approve", "1", VETTER)
    settled = settle_effect(life, LICENCE, "x/1", LODGED_AT).life
    assert settle_effect(settled, LICENCE, "x/1", LODGED_AT) is None
    assert do(LICENCE, settled, "approve", "1", VETTER).state == "issued"


def test_a_life_survives_being_kept():
    life = do(LICENCE, begin(LICENCE, "vetting"), "approve", "1", VETTER)
    life = do(LICENCE, life, "reserve", "", SYSTEM_ACTOR, {"cause": "a", "line": "1", "quantity": "6"})
    assert decode_life(encode_life(life)) == life


def test_words_stay_out_of_the_facts_of_an_event_and_codes_go_in():
    life = begin(LICENCE, "vetting")
    event = act(LICENCE, life, "refuse", "1", REFUSAL, VETTER, LODGED_AT, CALENDARS).events[0]
    assert event.facts["codes"] == {"reasons": ["incomplete"]}
    assert "no permit" not in str(event.facts)
    assert event.words["words"] == "no permit"


def test_deadlines_written_at_lodging_hold_even_when_the_calendar_changes_later():
    book = OpeningBook(CALENDARS)
    written = b'{"stages":["vetting","checking"],"charges":[["fee","7.00","HKD"]]}'
    begun = book.begin(LICENCE, ("vetting", "checking"), {}, LODGED_AT)
    payload = begun.payload(written)
    life = open_life(LICENCE, payload, LODGED_AT, {**CALENDARS, "office": CALENDARS["always"]})
    assert life.legs[0].clocks[0].due_at == datetime(2026, 6, 3, 17, 30, tzinfo=HONG_KONG)
    assert begun.life.state == "vetting"
