"""Adding a service is adding a folder: the form, the API, the checks and the work list follow from it alone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import html

from contract import door as machine
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers

WORDS = 'en = "{0}", zh-Hant = "{1}", zh-Hans = "{2}"'
PERMIT = WORDS.format("Permit to park a bicycle", "單車停泊許可證", "自行车停放许可证")
SERVICE = f"""
id = "bicycle-permit"
family = "application"
agency = "ced"
title = {{ {PERMIT} }}
purpose = {{ {WORDS.format("Park a bicycle at a pier.", "在碼頭停泊單車。", "在码头停放自行车。")} }}
reference = "reference"
summary = ["bicycles"]
[lodging]
by = ["anyone", "trader"]
[[stage]]
name = "registered"
title = {{ {WORDS.format("Look at it", "審視", "审视")} }}
agency = "ced"
role = "declaration-officer"
actions = ["claim", "approve", "refuse"]
pledge = {{ working_days = 3 }}
[done]
state = "approved"
"""
ITEMS = f"""
reference = {{ is = "an..35", {WORDS.format("Your reference", "參考編號", "参考编号")} }}
bicycles = {{ is = "n..2!", {WORDS.format("How many bicycles?", "單車數目", "自行车数量")} }}
pier = {{ is = "code:hk-district!", {WORDS.format("District of the pier", "碼頭所在地區", "码头所在地区")} }}
"""
RULES = f"""
[BIKE-1]
kind = "must-be"
item = "bicycles"
test = "bicycles <= 3"
{WORDS.format("{value} are too many.", "{value} 輛過多。", "{value} 辆过多。").replace(", zh", chr(10) + "zh")}
remedy = {{ {WORDS.format("Three at most.", "最多三輛。", "最多三辆。")} }}
"""
REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
DOCUMENT = {"reference": "$reference", "bicycles": 2, "pier": "islands"}


@pytest.fixture(scope="module")
def door(postgres: ServerAddress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[machine.Door]:
    """A server that was given one more folder, and nothing else."""
    services = tmp_path_factory.mktemp("services")
    write_service(services / "town" / "bicycle_permit")
    with folder_for_servers() as folder, machine.running(postgres, folder, SERVICES_DIR=str(services)) as found:
        yield found


def write_service(folder: Path) -> None:
    (folder / "cases").mkdir(parents=True)
    for name, text in (("service.toml", SERVICE), ("items.toml", ITEMS), ("rules.toml", RULES)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "cases" / "accepted.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")


def test_a_new_folder_is_lodged_to_checked_and_worked_on_by_api(door: machine.Door) -> None:
    path = "/services/bicycle-permit"
    with door.client() as trader, door.client("officer") as officer:
        example = trader.get(f"{path}/example").json()
        too_many = trader.post(f"{path}/checks", json=example | {"bicycles": 4}).json()
        receipt = trader.post(f"{path}/submissions", json=example, headers=machine.key()).json()
        task = wait_for_task(officer, receipt["reference"])
        answer = officer.post(f"/tasks/{task['id']}/approve", json={}, headers=machine.key())
        state = trader.get(f"/submissions/{receipt['reference']}").json()["state"]
    assert [finding["code"] for finding in too_many["findings"]] == ["BIKE-1"]
    assert answer.status_code == 200, answer.text
    assert state == "approved"


def wait_for_task(officer: httpx.Client, reference: str) -> dict[str, str]:
    """The task of a submission, once the follower has filed it."""
    for _ in range(100):
        tasks = officer.get("/tasks", params={"service": "bicycle-permit"}).json()["tasks"]
        if found := [task for task in tasks if task["reference"] == reference]:
            return dict(found[0])
        time.sleep(0.2)
    raise AssertionError(f"no task for {reference}")


def test_a_new_folder_is_lodged_to_by_form(door: machine.Door) -> None:
    with httpx.Client(base_url=door.url, follow_redirects=True, timeout=60) as person:
        page = person.get("/services/bicycle-permit/")
        for _ in range(8):
            if re.search(REFERENCE, page.text) and "receipt" in str(page.url):
                break
            page = submit(person, page, {"/bicycles": "2", "/pier": "islands"})
    assert re.search(REFERENCE, page.text)
    assert "/receipt/" in str(page.url)


def submit(person: httpx.Client, page: httpx.Response, values: dict[str, str]) -> httpx.Response:
    """Fill in the page's main form and press its first button, as a browser without scripts does."""
    tree = html.fromstring(page.text, base_url=str(page.url))
    form = next(one for one in tree.forms if one.method == "POST" and one.getparent() is not None and _in_main(one))
    fields = {key: value for key, value in form.form_values() if value is not None}
    fields |= {name: value for name, value in values.items() if name in form.fields}
    button = form.find(".//button[@name]")
    if button is not None:
        fields.setdefault(button.get("name"), button.get("value", ""))
    action = httpx.URL(str(page.url)).join(form.action or str(page.url))
    return person.post(action, data=fields, headers={"Referer": str(page.url)})


def _in_main(form: html.HtmlElement) -> bool:
    return any(parent.tag == "main" for parent in form.iterancestors())
