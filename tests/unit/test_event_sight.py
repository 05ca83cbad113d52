"""Who may read what was said of a submission."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from onewindow.application.event_sight import event_as_seen
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
        seen = event_as_seen(event(**facts), actor)
        found = "hidden" if seen is None else "words" if seen.detail else "no words"
        assert found == sight, actor.party
