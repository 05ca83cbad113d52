"""`services`, `check`, `example`, `explain`, `codes`, `keys`: they need no server and no database, and start none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.command_line import Ran, onewindow

SERVICE = "import-declaration"
FAMILIES = {
    "licence", "certificate", "notification", "declaration", "manifest", "advance-cargo", "scheme", "contact",
    "application", "grant", "consultation", "consultancy", "internal",
}  # fmt: skip
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`onewindow` on an empty data folder, in which it leaves nothing behind but what a test asks for."""
    return lambda *arguments, **more: onewindow(*arguments, data_dir=tmp_path / "data", **more)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An import declaration that is accepted today; it names its service."""
    ran = onewindow("example", SERVICE, data_dir=tmp_path_factory.mktemp("example"))
    document: dict[str, Any] = json.loads(ran.out)
    return document


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_services_is_one_array_with_the_contracts_fields(run: Run) -> None:
    rows = run("services", "--json").array()
    assert SERVICE in {row["id"] for row in rows}
    fields = ["id", "family", "agency", "version", "items", "rules", "stages", "pledges", "titles"]
    for row in rows:
        assert list(row) == fields
        assert set(row["titles"]) == {"en", "zh-Hant", "zh-Hans"}
        assert row["family"] in FAMILIES
        assert row["items"] > 0
        assert row["rules"] > 0


def test_services_without_json_is_for_people(run: Run) -> None:
    ran = run("services")
    assert ran.status == 0
    assert f"{SERVICE} " in ran.out.decode()


def test_an_accepted_document_exits_with_0_and_names_what_was_not_checked(
    run: Run, tmp_path: Path, example: dict[str, Any]
) -> None:
    file = written(tmp_path / "a.json", example)
    ran = run("check", "--json", file)
    assert ran.status == 0, ran
    [line] = ran.lines()
    assert list(line) == ["file", "index", "service", "accepted", "findings", "not_checked"]
    assert (line["file"], line["index"], line["service"], line["accepted"]) == (str(file), 0, SERVICE, True)
    assert [finding for finding in line["findings"] if finding["severity"] == "error"] == []


def test_a_refused_document_exits_with_1_and_every_finding_is_whole(
    run: Run, tmp_path: Path, example: dict[str, Any]
) -> None:
    wrong = {**example, "form": "9", "importer": {**example["importer"], "name": ""}}
    ran = run("check", "--json", written(tmp_path / "a.json", wrong))
    assert ran.status == 1
    [line] = ran.lines()
    assert line["accepted"] is False
    assert {"/form", "/importer/name"} <= {finding["pointer"] for finding in line["findings"]}
    for finding in line["findings"]:
        assert {"code", "severity", "pointer", "message", "remedy", "law", "value"} <= set(finding)
        assert set(finding["message"]) == set(finding["remedy"]) == {"en", "zh-Hant", "zh-Hans"}


def test_ndjson_gives_a_line_a_document_unreadable_ones_too(run: Run, tmp_path: Path, example: dict[str, Any]) -> None:
    whole = json.dumps(example)
    file = tmp_path / "many.ndjson"
    file.write_text(f"{whole}\n{{\n\n{{}}\n{whole.replace(SERVICE, 'unheard-of')}\n[1]\n", encoding="utf-8")
    ran = run("check", "--json", file)
    assert ran.status == 1
    lines = ran.lines()
    assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
    assert [line["accepted"] for line in lines] == [True, False, False, False, False]
    codes = [line["findings"][0]["code"] for line in lines[1:]]
    assert codes == ["malformed", "unknown_service", "unknown_service", "unknown_service"]


def test_a_named_service_judges_documents_that_name_none(run: Run, tmp_path: Path, example: dict[str, Any]) -> None:
    document = {name: value for name, value in example.items() if name != "$service"}
    file = written(tmp_path / "a.json", document)
    assert run("check", file).status == 1
    assert run("check", "--service", SERVICE, file).status == 0


@pytest.mark.parametrize("form", ["json", "xml", "ndjson"])
def test_standard_input_is_read_for_a_dash(run: Run, example: dict[str, Any], form: str) -> None:
    given = {
        "json": json.dumps(example, indent=1).encode(),
        "xml": run("example", SERVICE, "--xml").out,
        "ndjson": (json.dumps(example) + "\n" + json.dumps(example)).encode(),
    }
    ran = run("check", "--json", "-", stdin=given[form])
    assert ran.status == 0, ran
    assert [line["file"] for line in ran.lines()] == ["-"] * (2 if form == "ndjson" else 1)


def test_xml_names_its_service_and_findings_carry_an_xpath(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(run("example", SERVICE, "--xml").out.replace(b"<FunctionCode>9<", b"<FunctionCode>77<"))
    ran = run("check", "--json", file)
    assert ran.status == 1
    [line] = ran.lines()
    assert line["service"] == SERVICE
    assert any("FunctionCode" in finding["xpath"] for finding in line["findings"])


def test_a_spreadsheet_holds_several_documents(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("reference,form,importer.name\nA-1,1,Fook Lee\nA-2,1,福利\n", encoding="utf-8")
    ran = run("check", "--json", "--service", SERVICE, file)
    assert ran.status == 1
    lines = ran.lines()
    assert [(line["index"], line["service"]) for line in lines] == [(0, SERVICE), (1, SERVICE)]
    assert "/importer/name" not in {finding["pointer"] for line in lines for finding in line["findings"]}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.edi"], "could_not_run"),
        (["missing.json"], "unreadable_file"),
    ],
)
def test_what_cannot_be_read_at_all_exits_with_2_and_is_a_line(run: Run, arguments: list[str], told: str) -> None:
    ran = run("check", "--json", *arguments)
    assert ran.status == 2
    [line] = ran.lines()
    assert line["findings"][0]["code"] == told


@pytest.mark.parametrize(
    "arguments", [["--service", "unheard-of", "-"], ["--as-of", "tomorrow", "-"], [], ["--unknown", "-"]]
)
def test_a_command_that_cannot_run_exits_with_2_and_says_nothing_on_standard_output(
    run: Run, arguments: list[str]
) -> None:
    ran = run("check", "--json", *arguments)
    assert (ran.status, ran.out) == (2, b"")
    assert ran.err


def test_the_day_decides_which_law_applies(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(run("example", SERVICE, "--as-of", "2026-03-02").out)
    assert run("check", "--as-of", "2026-03-02", file).status == 0
    assert run("check", "--as-of", "1999-03-02", file).status == 1


def test_explain_prints_the_generated_code_with_the_place_of_each_rule(run: Run) -> None:
    ran = run("explain", SERVICE)
    assert ran.status == 0
    assert "trade/import_declaration/rules.toml:" in ran.out.decode()
    assert "def rules(" in ran.out.decode()
    assert run("explain", "unheard-of").status != 0


def test_an_imported_code_list_is_in_force_from_then_on(run: Run, tmp_path: Path, example: dict[str, Any]) -> None:
    file = written(tmp_path / "a.json", example)
    codes = tmp_path / "declaration-form.csv"
    head, row = "code,from,to,en,zh-Hant,zh-Hans", "X1,,,Form X1,表格X1,表格X1"
    codes.write_text(f"{head}\n{row}\n", encoding="utf-8")
    without_columns = run("codes", "import", "declaration-form", codes)
    assert (without_columns.status, "direction" in without_columns.err) == (2, True)
    codes.write_text(f"{head},direction,goods\n{row},import,any\n", encoding="utf-8")
    assert run("codes", "import", "declaration-form", codes).status == 0
    [row] = [row for row in run("codes", "list", "--json").lines() if row["list"] == "declaration-form"]
    assert row == {"list": "declaration-form", "entries": 1, "imported": True}
    ran = run("check", "--json", file)
    assert ran.status == 1
    assert "/form" in {finding["pointer"] for finding in ran.lines()[0]["findings"]}


@pytest.mark.parametrize("text", ["code\nX\n", "code,from,to,en\nX,yesterday,,X\n"])
def test_a_broken_code_list_is_refused_with_file_and_line(run: Run, tmp_path: Path, text: str) -> None:
    codes = tmp_path / "list.csv"
    codes.write_text(text, encoding="utf-8")
    ran = run("codes", "import", "declaration-form", codes)
    assert ran.status == 2
    assert "list.csv:" in ran.err
    assert run("codes", "import", "unheard-of", codes).status == 2


def test_keys_says_what_to_do_when_there_are_none_and_starts_nothing(run: Run, tmp_path: Path) -> None:
    ran = run("keys", "--json")
    assert ran.status != 0
    assert ran.out == b""
    assert "run --demo" in ran.err
    assert not (tmp_path / "data").exists()


def test_keys_that_others_can_read_are_not_shown(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "data" / "demonstration-keys.json"
    file.parent.mkdir()
    row = {"role": "trader", "agency": "", "company": "fook-lee", "key": "ow_x"}
    file.write_text(json.dumps([row]), encoding="utf-8")
    file.chmod(0o644)
    assert run("keys", "--json").status != 0
    file.chmod(0o600)
    assert run("keys", "--json").array() == [row]


def test_wrong_settings_are_told_in_words(run: Run) -> None:
    ran = run("services", PORT="ninety")
    assert ran.status == 2
    assert "PORT" in ran.err
    assert "Traceback" not in ran.err
