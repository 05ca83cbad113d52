"""The documents of `examples/` are what they claim: accepted on their day, one for every service."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract.command_line import onewindow

FOLDER = Path(__file__).parents[2] / "examples"
DAY = re.search(r"accepted on (\d{4}-\d\d-\d\d)", (FOLDER / "README.md").read_text(encoding="utf-8"))
SPREADSHEETS = {"complaints.csv": "complaint"}
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_example_is_accepted_on_the_day_it_names(file: Path, tmp_path: Path) -> None:
    assert DAY is not None
    service = ("--service", SPREADSHEETS[file.name]) if file.name in SPREADSHEETS else ()
    ran = onewindow("check", "--json", "--as-of", DAY[1], *service, file, data_dir=tmp_path)
    assert ran.status == 0, ran.out


def test_every_service_has_an_example(tmp_path: Path) -> None:
    services = {row["id"] for row in onewindow("services", "--json", data_dir=tmp_path).array()}
    assert services == {path.stem for path in FILES if path.suffix == ".json"}
