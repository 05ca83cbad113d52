"""Every case of every service gives exactly the verdict it states."""

from pathlib import Path

import pytest

from onewindow.definitions.catalogue import SERVICES
from onewindow.definitions.model import Definition
from onewindow.engine.cases import Case, cases_of, differences
from onewindow.engine.registry import Registry

REGISTRY = Registry.load()
CASES = [
    pytest.param(definition, case, id=f"{definition.id}-{definition.version}-{case.name}")
    for definition in REGISTRY.catalogue.definitions
    for case in cases_of(SERVICES / definition.folder)
]
EVERY_VERSION = pytest.mark.parametrize(
    "definition", REGISTRY.catalogue.definitions, ids=lambda one: f"{one.id}-{one.version}"
)


@pytest.mark.parametrize(("definition", "case"), CASES)
def test_the_case_gives_the_verdict_it_states(definition: Definition, case: Case) -> None:
    assert differences(case, REGISTRY.checker(definition)) == []


@EVERY_VERSION
def test_every_service_has_an_accepted_document(definition: Definition) -> None:
    assert (Path(SERVICES) / definition.folder / "cases" / "accepted.json").exists()


@EVERY_VERSION
def test_every_rule_has_a_case_that_it_refuses_or_warns_of(definition: Definition) -> None:
    told = {
        line.split()[0]
        for case in cases_of(SERVICES / definition.folder)
        for line in [*case.written.get("refused", []), *(case.written.get("warned") or [])]
    }
    missing = [rule.code for rule in definition.rules if not rule.standing and rule.code not in told]
    assert missing == []
