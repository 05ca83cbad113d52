"""The catalogue over HTTP: every service, its definition, its schema, and an example that is accepted today."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from contract.command_line import onewindow
from contract.door import SERVICE, Door, key, problem


def test_the_catalogue_names_every_service_in_three_languages(door: Door) -> None:
    with door.client() as client:
        answer = client.get("/services")
    assert answer.status_code == 200
    rows = answer.json()
    assert {row["id"] for row in rows} >= {SERVICE}
    assert set(rows[0]) == {"id", "family", "agency", "version", "items", "rules", "stages", "pledges", "titles"}
    assert set(rows[0]["titles"]) == {"en", "zh-Hant", "zh-Hans"}


def test_a_service_names_its_actions_with_their_bodies(door: Door) -> None:
    with door.client() as client:
        service = client.get(f"/services/{SERVICE}").json()
    actions = {action["name"]: action for action in service["actions"]}
    assert {"claim", "withdraw", "reply"} <= set(actions)
    assert actions["withdraw"]["body"]["type"] == "object"
    assert service["stage_list"][0]["clocks"]


def test_every_example_is_accepted_today_and_fresh_each_time(door: Door) -> None:
    with door.client() as client:
        for service in [row["id"] for row in client.get("/services").json()]:
            first, second = (client.get(f"/services/{service}/example") for _ in range(2))
            if first.status_code == 404:
                continue
            assert first.json() != second.json(), service
            verdict = client.post(f"/services/{service}/checks", json=first.json()).json()
            assert verdict["accepted"], (service, verdict)


def test_an_example_speaks_of_the_callers_own_company_so_that_it_may_lodge_it(door: Door) -> None:
    for who in ("trader", "other"):
        with door.client(who) as client:
            document = client.get(f"/services/{SERVICE}/example").json()
            answer = client.post(f"/services/{SERVICE}/submissions", json=document, headers=key())
            assert answer.status_code == 201, (who, answer.text)
            kept = client.get(f"/submissions/{answer.json()['reference']}").json()
            assert kept["principal"] == kept["lodger"], who


def test_an_example_may_be_asked_for_as_xml(door: Door) -> None:
    with door.client() as client:
        xml = client.get(f"/services/{SERVICE}/example", headers={"Accept": "application/xml"})
        assert xml.headers["content-type"] == "application/xml"
        headers = {"Content-Type": "application/xml"}
        verdict = client.post(f"/services/{SERVICE}/checks", content=xml.content, headers=headers).json()
    assert verdict["accepted"], verdict


def test_the_schema_fits_the_example_and_refuses_what_is_unknown(door: Door) -> None:
    with door.client() as client:
        answer = client.get(f"/services/{SERVICE}/schema")
        example = client.get(f"/services/{SERVICE}/example").json()
    schema = answer.json()
    assert answer.headers["content-type"] == "application/schema+json"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert faults(example, schema, schema) == []
    assert faults({**example, "shoe": 1}, schema, schema) == ["shoe is unknown"]
    assert faults({**example, "goods": []}, schema, schema) == ["goods has too few rows"]
    assert faults({**example, "importer": None}, schema, schema) == ["importer is no object"]


@pytest.mark.parametrize("part", ["", "/schema", "/example"])
def test_an_unknown_service_is_not_found(door: Door, part: str) -> None:
    with door.client() as client:
        problem(client.get(f"/services/no-such{part}"), 404, "unknown_service")


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> list[str]:
    """What a small part of JSON Schema finds: types, required, patterns, enums, rows and unknown names."""
    if "$ref" in schema:
        schema = {**root["$defs"][schema["$ref"].removeprefix("#/$defs/")], **schema}
    match schema.get("type"):
        case "object":
            return _object_faults(value, schema, root, at)
        case "array":
            if len(value) < schema.get("minItems", 0):
                return [f"{at} has too few rows"]
            return [fault for row in value for fault in faults(row, schema["items"], root, at)]
        case "boolean":
            return [] if isinstance(value, bool) else [f"{at} is no flag"]
        case "integer":
            return [] if isinstance(value, int) else [f"{at} is no number"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at} is not in the list"]
    pattern = schema.get("pattern")
    return [f"{at} is malformed"] if pattern and value != "" and not re.search(pattern, str(value)) else []


def _object_faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at} is no object"]
    found = [f"{name} is unknown" for name in value if name not in schema["properties"]]
    found += [f"{name} is missing" for name in schema.get("required", []) if name not in value]
    for name, inner in schema["properties"].items():
        if name in value:
            found += faults(value[name], inner, root, name)
    return found


def test_the_command_line_prints_the_same_catalogue(door: Door, tmp_path: Path) -> None:
    with door.client() as client:
        rows = client.get("/services").json()
    printed = onewindow("services", "--json", data_dir=tmp_path).array()
    assert {row["id"]: row for row in rows} == {row["id"]: row for row in printed}
