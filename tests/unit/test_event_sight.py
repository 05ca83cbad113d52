"""Who may read what was said of a submission."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from onewindow.application.event_sight import events_as_seen
from onewindow.application.ports import StoredEvent
from onewindow.kernel.actor import Actor

LODGER, HYD, DSD = Actor("company:1"), Actor("agency:hyd"), Actor("agency:dsd")


def event(**facts: object) -> StoredEvent:
    return StoredEvent(60, 1, UUID(int=1), 2, "x", datetime.now(UTC), "ada", msgspec.json.encode(facts), b'"words"')


@pytest.mark.parametrize(
    ("facts", "lodger", "hyd", "dsd"),
    [
        ({"by": "agency:hyd", "to": "person", "tells": ["lodger"]}, "words", "words", "words"),
        ({"by": "agency:hyd", "to": "departments", "tells": ["agency:dsd"]}, "hidden", "words", "words"),
        ({"by": "agency:hyd", "to": "internal", "tells": []}, "hidden", "words", "hidden"),
        ({"by": "agency:hyd", "tells": ["agency:centre"]}, "no words", "words", "words"),
        ({"by": "agency:hyd", "tells": ["lodger"]}, "words", "words", "words"),
        ({"by": "lodger", "tells": ["agency:hyd"]}, "words", "words", "words"),
        ({"by": "system", "tells": []}, "words", "words", "words"),
        ({"stages": ["vetting"]}, "words", "words", "words"),
    ],
)
def test_words_reach_those_they_are_for(facts, lodger, hyd, dsd):
    for actor, sight in ((LODGER, lodger), (HYD, hyd), (DSD, dsd)):
        seen = events_as_seen([event(**facts)], actor)
        found = "hidden" if not seen else "words" if seen[0].detail else "no words"
        assert found == sight, actor.party


def marks(number: int, **facts: object) -> StoredEvent:
    given = {"marks": [{"criterion": "need", "mark": str(number)}]}
    return event(by="agency:hyd", tells=[], scored=number, quorum=2, codes=given, **facts)


def test_marks_of_a_panel_stay_sealed_until_it_has_decided():
    for actor in (LODGER, HYD, DSD):
        (sealed,) = events_as_seen([marks(1)], actor)
        assert b"criterion" not in sealed.payload, actor.party
        assert sealed.detail == b"", actor.party
    for actor in (HYD, DSD):
        assert all(b"criterion" in one.payload for one in events_as_seen([marks(1), marks(2, decided="pass")], actor))


def test_the_lodger_never_reads_what_an_agency_filled_in_for_itself():
    for one in events_as_seen([marks(1), marks(2, decided="pass")], LODGER):
        assert b"criterion" not in one.payload
        assert one.detail == b""
