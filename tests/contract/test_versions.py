"""A service that is in use gets a new version: what was lodged before lives on by its own, what comes later by the new.

One installation over three days of its life, a start each: under the first version; with the second landed before its
first day; on that day. The dates are moved, not the clock.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from contract import door as machine
from contract.command_line import Ran, onewindow
from contract.test_new_folder import DOCUMENT, ITEMS, PERMIT, REFERENCE, RULES, SERVICE, WORDS, submit
from onewindow.kernel.hong_kong import hong_kong_day
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers

PATH = "/services/bicycle-permit"
A_DAY = timedelta(days=1)
ISSUED = f"[issue]\ntitle = {{ {PERMIT} }}\nfields = "
FIRST = SERVICE.replace('by = ["anyone", "trader"]', 'by = ["anyone", "trader"]\namend = ["registered"]')
FIRST += f'{ISSUED}["pier"]\n'
SECOND = (
    FIRST.replace('"Look at it"', '"Look at the wheels"')
    .replace('["claim", "approve", "refuse"]', '["claim", "inspect", "refuse"]')
    .replace('name = "registered"', 'name = "inspection"\nstate = "registered"')
    .replace('summary = ["bicycles"]', 'summary = ["wheels"]')
    .replace(f'{ISSUED}["pier"]', f'{ISSUED}["wheels"]')
)
WHEELS = f"""
reference = {{ is = "an..35", {WORDS.format("Your reference", "參考編號", "参考编号")} }}
wheels = {{ is = "n..2!", {WORDS.format("How many wheels?", "車輪數目", "车轮数量")} }}
bicycles = {{ is = "n..2", {WORDS.format("How many bicycles?", "單車數目", "自行车数量")} }}
"""
READ = {"If-Match": '"1"'}
LATER_DOCUMENT = {"reference": "$reference", "wheels": 2}


@dataclass(slots=True)
class Agency:
    """The folder of the service, and what the agency does to it."""

    folder: Path

    def write(self, place: str, version: str, valid: str) -> None:
        """A version below the service's folder; the empty place is that folder itself."""
        folder = self.folder / place
        shutil.rmtree(folder / "cases", ignore_errors=True)
        (folder / "cases").mkdir(parents=True)
        first = version == "1"
        dated = f'version = "{version}"\nvalid = "{valid}"\n' + (FIRST if first else SECOND)
        texts = {"service.toml": dated, "items.toml": ITEMS if first else WHEELS, "rules.toml": RULES}
        texts["cases/accepted.json"] = json.dumps(DOCUMENT if first else LATER_DOCUMENT)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")

    def land_second(self, first_day: date) -> None:
        """The first version moves below `versions/` and ends; the second takes its place."""
        self.write("versions/1", "1", f"2020-01-01/{first_day - A_DAY}")
        self.write("", "2", f"{first_day}/..")


@dataclass(slots=True)
class Story:
    """What happened: receipts, a form half filled in and one lodged by a visitor, and the refusals at the end."""

    first: list[dict[str, Any]] = field(default_factory=list)
    before_its_day: dict[str, Any] = field(default_factory=dict)
    visitor: httpx.Cookies = field(default_factory=httpx.Cookies)
    lodged_by_form: str = ""
    draft: str = ""


@dataclass(slots=True)
class Afterwards:
    """The server on the first day of the second version, and what happened before."""

    door: machine.Door
    story: Story
    agency: Agency
    data_dir: Path

    def run(self, *arguments: str) -> Ran:
        """A command of the installation."""
        place = {"DATABASE_URL": self.door.owner_dsn, "SERVICES_DIR": str(self.agency.folder.parent.parent)}
        return onewindow(*arguments, data_dir=self.data_dir, **place)


@pytest.fixture(scope="module")
def afterwards(postgres: ServerAddress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Afterwards]:
    services = tmp_path_factory.mktemp("services")
    agency, today, story = Agency(services / "town" / "bicycle_permit"), hong_kong_day(datetime.now(UTC)), Story()
    with folder_for_servers() as folder:
        dsn = machine.migrated(postgres, folder)
        keys, place = machine.keys_of(dsn), {"SERVICES_DIR": str(services)}
        agency.write("", "1", "2020-01-01/..")
        with machine.serving(dsn, folder, keys, **place) as door:
            story.first = [lodged(door) for _ in range(2)]
            visit(door, story)
        agency.land_second(today + A_DAY)
        with machine.serving(dsn, folder, keys, **place) as door:
            story.before_its_day = lodged(door)
        agency.land_second(today)
        with machine.serving(dsn, folder, keys, **place) as door:
            yield Afterwards(door, story, agency, folder)


def lodged(door: machine.Door) -> dict[str, Any]:
    """The receipt of the example that the service gives today."""
    with door.client() as trader:
        document = trader.get(f"{PATH}/example").json()
        answer = trader.post(f"{PATH}/submissions", json=document, headers=machine.key())
    assert answer.status_code == 201, answer.text
    return dict(answer.json()) | {"document": document}


def visit(door: machine.Door, story: Story) -> None:
    """Somebody without an account lodges by form, and begins another."""
    with httpx.Client(base_url=door.url, follow_redirects=True, timeout=60) as person:
        page = filled_in(person, person.get("/services/bicycle-permit/"), {"/bicycles": "2", "/pier": "islands"})
        story.lodged_by_form = REFERENCE.search(page.text)[0]  # type: ignore[index]
        page = submit(person, person.get("/services/bicycle-permit/"), {})
        story.draft, story.visitor = page.url.path, person.cookies
        submit(person, page, {"/bicycles": "3", "/pier": "islands"})


def filled_in(person: httpx.Client, page: httpx.Response, values: dict[str, str]) -> httpx.Response:
    """Press on until the receipt."""
    for _ in range(8):
        if "/receipt/" in str(page.url):
            break
        page = submit(person, page, values)
    assert "/receipt/" in str(page.url), page.text
    return page


def seen(client: httpx.Client, receipt: dict[str, Any]) -> dict[str, Any]:
    """The submission as the one who asks sees it."""
    return dict(client.get(f"/submissions/{receipt['reference']}").json())


def offered(officer: httpx.Client, receipt: dict[str, Any]) -> dict[str, str]:
    """Actions on the submission's task, with its id, once the follower has filed it."""
    for _ in range(100):
        found = {one["action"]: one["task"] for one in seen(officer, receipt).get("allowed", []) if one["task"]}
        tasks = officer.get("/tasks", params={"service": "bicycle-permit"}).json()["tasks"]
        if found and any(task["reference"] == receipt["reference"] for task in tasks):
            return found
        time.sleep(0.2)
    raise AssertionError(f"no task for {receipt['reference']}")


def issued(trader: httpx.Client, receipt: dict[str, Any]) -> dict[str, Any]:
    """The one document that was issued for the submission."""
    found = trader.get(f"/submissions/{receipt['reference']}/documents").json()
    return dict((found["documents"] if isinstance(found, dict) else found)[0])


def test_a_version_counts_from_its_first_day_and_not_from_when_it_landed(afterwards: Afterwards) -> None:
    story = afterwards.story
    assert [one["definition_version"] for one in (*story.first, story.before_its_day)] == ["1", "1", "1"]
    assert lodged(afterwards.door)["definition_version"] == "2"


def test_a_submission_names_the_version_it_was_lodged_under(afterwards: Afterwards) -> None:
    new = lodged(afterwards.door)
    with afterwards.door.client() as trader:
        assert seen(trader, afterwards.story.first[0])["definition_version"] == "1"
        assert seen(trader, new)["definition_version"] == "2"


def test_what_the_service_shows_of_itself_is_the_version_of_the_day(afterwards: Afterwards) -> None:
    with afterwards.door.client() as trader:
        service = trader.get(PATH).json()
        schema = trader.get(f"{PATH}/schema").json()
        old = trader.post(f"{PATH}/checks", json=afterwards.story.first[0]["document"]).json()
    assert (service["version"], [stage["name"] for stage in service["stage_list"]]) == ("2", ["inspection"])
    assert "wheels" in schema["properties"]
    assert [f"{one['code']} {one['pointer']}" for one in old["findings"]] == ["UNKNOWN /pier", "REQUIRED /wheels"]


def test_an_amendment_is_judged_under_the_version_of_its_lodging(afterwards: Afterwards) -> None:
    receipt = afterwards.story.first[0]
    path = f"/submissions/{receipt['reference']}"
    with afterwards.door.client() as trader:
        refused = trader.put(path, json=receipt["document"] | {"wheels": 2}, headers=machine.key() | READ)
        amended = trader.put(path, json=receipt["document"] | {"bicycles": 3}, headers=machine.key() | READ)
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["findings"]] == ["/wheels"]
    assert amended.status_code == 200, amended.text
    assert (amended.json()["definition_version"], amended.json()["version"]) == ("1", 2)


def test_each_is_decided_by_the_actions_of_its_own_version(afterwards: Afterwards) -> None:
    old, new = afterwards.story.first[1], lodged(afterwards.door)
    with afterwards.door.client("officer") as officer:
        first, second = offered(officer, old), offered(officer, new)
        unknown = officer.post(f"/tasks/{second['claim']}/approve", json={}, headers=machine.key())
        approved = officer.post(f"/tasks/{first['approve']}/approve", json={}, headers=machine.key())
        inspected = officer.post(f"/tasks/{second['inspect']}/inspect", json={}, headers=machine.key())
        states = [seen(officer, one)["state"] for one in (old, new)]
    with afterwards.door.client() as trader:
        papers = [json.loads(issued(trader, one)["payload"]) for one in (old, new)]
    assert (set(first), set(second)) == ({"claim", "approve", "refuse"}, {"claim", "inspect", "refuse"})
    assert [one.status_code for one in (unknown, approved, inspected)] == [409, 200, 200], unknown.text
    assert states == ["approved", "approved"]
    assert [one["definition_version"] for one in papers] == ["1", "2"]
    assert [one["fields"] for one in papers] == [{"pier": "islands"}, {"wheels": 2}]


def test_pages_show_a_submission_in_the_words_of_its_own_version(afterwards: Afterwards) -> None:
    story = afterwards.story
    with httpx.Client(base_url=afterwards.door.url, cookies=story.visitor, follow_redirects=True) as person:
        page = person.get(f"/submissions/{story.lodged_by_form}/").text
        document = person.get(f"/submissions/{story.lodged_by_form}/versions/1/").text
    assert "Look at it" in page
    assert "District of the pier" in document
    assert "Look at the wheels" not in page + document


def test_a_form_that_amends_asks_what_the_version_of_its_lodging_asked(afterwards: Afterwards) -> None:
    story, path = afterwards.story, f"/submissions/{afterwards.story.lodged_by_form}/"
    with httpx.Client(base_url=afterwards.door.url, cookies=story.visitor, follow_redirects=True) as person:
        button = next(one for one in html.fromstring(person.get(path).text).forms if one.action == f"{path}amend/")
        page = person.post(button.action, data=dict(button.form_values()), headers={"Referer": afterwards.door.url})
    assert page.status_code == 200
    assert "District of the pier" in page.text
    assert "How many wheels?" not in page.text


def test_a_form_begun_on_an_earlier_version_goes_on_as_the_one_of_the_day(afterwards: Afterwards) -> None:
    with httpx.Client(base_url=afterwards.door.url, cookies=afterwards.story.visitor, follow_redirects=True) as person:
        page = filled_in(person, person.get(afterwards.story.draft), {"/wheels": "6"})
        reference = REFERENCE.search(page.text)[0]  # type: ignore[index]
        document = person.get(f"/submissions/{reference}/versions/1/").text
    assert "How many wheels?" in document
    assert "How many bicycles?" in document
    assert "District of the pier" not in document


def test_a_version_that_documents_were_lodged_under_may_not_be_taken_away(afterwards: Afterwards) -> None:
    assert afterwards.run("verify").status == 0
    kept, away = afterwards.agency.folder / "versions", afterwards.agency.folder.parent / "_away"
    kept.rename(away)
    try:
        refusals = [afterwards.run(command) for command in ("serve", "follow", "verify")]
    finally:
        away.rename(kept)
    assert [one.status for one in refusals] == [2, 2, 1]
    for one in refusals:
        said = one.out.decode() + one.err
        assert "versions/1/service.toml:1: version '1' of bicycle-permit is gone" in said
        assert "put its folder back" in said
