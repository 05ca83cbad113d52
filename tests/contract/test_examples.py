"""The documents of `examples/` are what they claim: one for every service, accepted for days to come; one refused."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from contract.command_line import onewindow

FOLDER = Path(__file__).parents[2] / "examples"
DAY = re.search(r"accepted from (\d{4}-\d\d-\d\d)", (FOLDER / "README.md").read_text(encoding="utf-8"))
SPREADSHEETS = {"complaints.csv": "complaint"}
FILES = sorted(path for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".md")


@pytest.mark.parametrize("days", [0, 10])
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_example_is_accepted_from_the_day_it_names_for_ten_days_after(
    file: Path, days: int, tmp_path: Path
) -> None:
    assert DAY is not None
    day = date.fromisoformat(DAY[1]) + timedelta(days=days)
    service = ("--service", SPREADSHEETS[file.name]) if file.name in SPREADSHEETS else ()
    ran = onewindow("check", "--json", "--as-of", str(day), *service, file, data_dir=tmp_path)
    assert ran.status == 0, ran.out


def test_the_refused_example_gets_every_finding_at_once(tmp_path: Path) -> None:
    ran = onewindow("check", "--json", FOLDER / "refused" / "import-declaration.json", data_dir=tmp_path)
    assert ran.status == 1
    pointers = {finding["pointer"] for finding in ran.lines()[0]["findings"] if finding["severity"] == "error"}
    assert {"/colour", "/importer/name", "/containers/0/number", "/totals/items"} <= pointers


def test_every_service_has_an_example(tmp_path: Path) -> None:
    services = {row["id"] for row in onewindow("services", "--json", data_dir=tmp_path).array()}
    assert services == {path.stem for path in FILES if path.suffix == ".json"}
