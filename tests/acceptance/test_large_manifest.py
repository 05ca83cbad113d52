"""A manifest of four hundred consignments in the browser: the page before lodging is small and leads to every row."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import psycopg
import pytest

from acceptance.house import House, Visitor

CONSIGNMENTS = 400
BYTES_MOST = 70_000
"""It was 1.4 million for four hundred consignments under sixteen master bills."""


def _draft(pages: House, visitor: Visitor, *, per_master: int, without: str = "") -> str:
    """The address of a draft with so many consignments, one leaf of each left out."""
    begun = visitor.post("/services/sea-cargo-manifest/start/", example="yes")
    draft = str(begun.headers["location"].split("/part/")[0])
    key = draft.rpartition("/")[2]
    with psycopg.connect(pages.owner_dsn) as connection:
        row = connection.execute("SELECT content FROM web_draft WHERE id = %s", (key,)).fetchone()
        assert row is not None
        content = json.dumps(_grown(json.loads(row[0]), per_master, without))
        connection.execute("UPDATE web_draft SET content = %s WHERE id = %s", (content, key))
    return draft


def _grown(document: dict[str, Any], per_master: int, without: str) -> dict[str, Any]:
    pattern = document["masters"][0]
    one = {name: value for name, value in pattern["consignments"][0].items() if name != without}
    document["masters"] = [
        {
            **pattern,
            "number": f"MASTER{start:05d}",
            "consignments": [deepcopy(one) for _ in range(start, min(start + per_master, CONSIGNMENTS))],
        }
        for start in range(0, CONSIGNMENTS, per_master)
    ]
    return document


@pytest.mark.parametrize("per_master", [1, 25, 400])
@pytest.mark.parametrize("without", ["", "number"])
def test_the_page_before_lodging_stays_small_however_the_rows_are_nested(
    per_master: int, without: str, pages: House
) -> None:
    driver = pages.visitor("driver")
    page = driver.get(f"{_draft(pages, driver, per_master=per_master, without=without)}/check/")
    assert page.status_code == 200
    assert len(page.content) < BYTES_MOST


def test_each_line_leads_to_its_row_and_says_what_is_in_it_without_a_script(pages: House) -> None:
    driver = pages.visitor("driver")
    draft = _draft(pages, driver, per_master=25)
    page = driver.get(f"{draft}/check/").text
    lines = re.findall(
        rf'<a class="govuk-link" href="({draft}/part/masters/\d+/)" aria-label="[^"]+ (\d+)">\d+</a>', page
    )
    assert lines == [(f"{draft}/part/masters/{row}/", str(row + 1)) for row in range(16)]
    assert page.count("Consignment × 25") == 16
    assert "MASTER00375" in page
    row = driver.get(lines[15][0])
    assert row.status_code == 200
    assert "MASTER00375" in row.text


def test_what_is_wrong_in_a_row_leads_to_its_question(pages: House) -> None:
    driver = pages.visitor("driver")
    draft = _draft(pages, driver, per_master=25, without="number")
    page = driver.get(f"{draft}/check/").text
    faults = re.findall(rf'href="({draft}/part/masters/\d+/consignments/\d+/\?faults)#(f[^"]+)"', page)
    assert len(faults) >= 90
    assert re.search(
        r"\?faults#f\.masters\.0\.consignments\.1\.number\">Master bill of lading 1 › Consignment 2</a>", page
    )
    assert page.count("Bill of lading or house bill number is missing.") == 1, "what is wrong is said once"
    address, anchor = faults[-1]
    assert f'id="{anchor}"' in driver.get(address).text
