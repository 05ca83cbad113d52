"""Declarations and manifests go from lodging to release by the definitions' own acts."""

import json
from datetime import datetime
from typing import Any

import msgspec

from onewindow.engine.checking.checker import Judgement
from onewindow.engine.life.cycle import act, open_life
from onewindow.engine.life.life import Life
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import Actor
from onewindow.kernel.working_time import HONG_KONG, WorkingCalendar

REGISTRY = Registry.load()
NOW = datetime(2026, 6, 1, 12, tzinfo=HONG_KONG)
CALENDARS = {name: WorkingCalendar(name) for name in ("office", "always")}
LICENCE = {"kind": "911", "number": "CIL-7Q2K-M4XD-91TB", "quantity": "10", "unit": "C62", "line": 1}


def begun(service: str, document: dict[str, Any]) -> Life:
    checker = REGISTRY.checker(REGISTRY.catalogue.newest[service])
    judged = checker.judge(json.dumps(document).encode(), NOW.date(), NOW)
    assert isinstance(judged, Judgement), judged
    return open_life(checker.definition, judged.opening, NOW, CALENDARS)


def example(service: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(REGISTRY.example(REGISTRY.catalogue.newest[service], NOW.date(), "R-1", NOW))
    return document


def done(service: str, life: Life, *names: str, **body: object) -> Life:
    """The life after officers of the stages did the named acts, each to the leg that is open."""
    definition = REGISTRY.catalogue.newest[service]
    for name in names:
        leg = life.open_legs[0]
        officer = Actor(party=f"agency:{leg.agency}", user="wing", roles=frozenset({leg.role}))
        life = act(definition, life, name, leg.id, body, officer, NOW, CALENDARS).life
    return life


def test_a_plain_import_is_assessed_and_released() -> None:
    life = begun("import-declaration", example("import-declaration"))
    assert life.state == "assessment"
    life = done("import-declaration", life, "accept")
    assert life.state == "release"
    assert done("import-declaration", life, "release").state == "released"


def test_an_import_under_a_licence_is_inspected_and_draws_on_the_licence() -> None:
    document = example("import-declaration")
    document["goods"][0]["licences"] = [LICENCE]
    life = begun("import-declaration", document)
    drawn = {"line": "1", "quantity": "10"}
    assert [(one.on, one.act, one.refers) for one in life.effects] == [
        ("lodged", "reserve", LICENCE["number"]),
        ("release", "commit", LICENCE["number"]),
        ("refuse", "restore", LICENCE["number"]),
        ("withdraw", "restore", LICENCE["number"]),
    ]
    assert life.effects[0].values == drawn
    life = msgspec.structs.replace(done("import-declaration", life, "accept"), settled=("reserved",))
    assert life.state == "inspection"
    life = done("import-declaration", life, "detain", words="Bring the licence.")
    assert life.state == "detained"
    life = done("import-declaration", life, "undetain", "inspect")
    assert done("import-declaration", life, "release").state == "released"


def test_an_export_that_is_refused_ends_there() -> None:
    life = begun("export-declaration", example("export-declaration"))
    life = done("export-declaration", life, "refuse", reasons=["incorrect"], words="The goods never left.")
    assert (life.state, life.open_legs) == ("refused", ())


def test_a_manifest_with_licences_passes_customs_then_the_licence_check_then_clearance() -> None:
    life = begun("sea-cargo-manifest", example("sea-cargo-manifest"))
    seen = [(life.state, life.open_legs[0].agency)]
    for name in ("accept", "approve"):
        life = done("sea-cargo-manifest", life, name)
        seen.append((life.state, life.open_legs[0].agency))
    assert seen == [("screening", "ced"), ("licence-check", "tid"), ("clearance", "ced")]
    assert done("sea-cargo-manifest", life, "release").state == "released"
