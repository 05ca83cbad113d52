"""Every case of every service gives exactly the verdict it states."""

from pathlib import Path

import pytest

from onewindow.definitions.catalogue import SERVICES
from onewindow.engine.cases import Case, cases_of, differences
from onewindow.engine.registry import Registry

REGISTRY = Registry.load()
CASES = [
    pytest.param(definition.id, case, id=f"{definition.id}-{case.name}")
    for definition in REGISTRY.catalogue.definitions.values()
    for case in cases_of(SERVICES / definition.folder)
]
SERVICE_IDS = list(REGISTRY.catalogue.definitions)


@pytest.mark.parametrize(("service", "case"), CASES)
def test_the_case_gives_the_verdict_it_states(service: str, case: Case) -> None:
    checker = REGISTRY.checker(service)
    assert checker is not None
    assert differences(case, checker) == []


@pytest.mark.parametrize("service", SERVICE_IDS)
def test_every_service_has_an_accepted_document(service: str) -> None:
    assert (Path(SERVICES) / REGISTRY.catalogue.definitions[service].folder / "cases" / "accepted.json").exists()


@pytest.mark.parametrize("service", SERVICE_IDS)
def test_every_rule_has_a_case_that_it_refuses_or_warns_of(service: str) -> None:
    definition = REGISTRY.catalogue.definitions[service]
    told = {
        line.split()[0]
        for case in cases_of(SERVICES / definition.folder)
        for line in [*case.written.get("refused", []), *(case.written.get("warned") or [])]
    }
    missing = [rule.code for rule in definition.rules if not rule.standing and rule.code not in told]
    assert missing == []
