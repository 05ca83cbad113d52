"""The table of operations: whole, documented, and found by its paths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onewindow.api.operation import Operation
from onewindow.api.operations import OPERATIONS
from onewindow.api.rate import Buckets
from onewindow.api.router import Router

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_call_is_documented_with_its_scope(operation: Operation) -> None:
    call = f"`{operation.method} {operation.path.removeprefix('/api/v1')}`"
    rows = [line for line in DOCUMENTED.splitlines() if line.startswith("|") and call in line]
    assert rows, f"add {call} to docs/api.md"
    said = {None: "no key", "": "any key"}.get(operation.scope, f"`{operation.scope}`")
    assert ("`metrics`" if operation.for_operator else said) in rows[0]


def test_names_are_given_once() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_whatever_changes_takes_a_key_and_nothing_that_reads_does() -> None:
    for operation in OPERATIONS:
        assert operation.changes == (operation.method != "GET" and operation.name != "checkDocument"), operation.name


def test_a_path_finds_its_operation_and_its_parameters() -> None:
    router = Router(OPERATIONS)
    for operation in OPERATIONS:
        path = re.sub(r"\{(\w+)\}", r"x-\1", operation.path)
        found, parameters = router.find(path)
        assert found[operation.method] is operation
        assert parameters == {name: f"x-{name}" for name in re.findall(r"\{(\w+)\}", operation.path)}


@pytest.mark.parametrize(
    "path", ["/", "/api/v1", "/api/v1/services/", "/api/v1/services/../x", "/api/v1/services//schema"]
)
def test_what_is_no_plain_path_finds_nothing(path: str) -> None:
    assert Router(OPERATIONS).find(path) == ({}, {})


def test_the_same_call_declared_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        Router([OPERATIONS[0], OPERATIONS[0]])


def test_a_bucket_grants_twice_its_rate_at_once_and_its_rate_in_the_long_run() -> None:
    now = [0.0]
    buckets = Buckets(5, clock=lambda: now[0])
    assert [buckets.take(b"key") for _ in range(11)] == [0] * 10 + [1]
    assert buckets.take(b"another") == 0
    now[0] = 1.0
    assert [buckets.take(b"key") > 0 for _ in range(6)] == [False] * 5 + [True]
