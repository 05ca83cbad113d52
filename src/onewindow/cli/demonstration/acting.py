"""Lets officers and lodgers act on what was lodged, through the machine door: whatever the service offers them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from random import Random
from typing import Any
from urllib.parse import quote

from onewindow.cli.demonstration.bodies import Bodies
from onewindow.cli.demonstration.key_file import Key
from onewindow.cli.demonstration.scenes import acts, choose
from onewindow.cli.door import Door
from onewindow.cli.progress import Progress
from onewindow.definitions.model import Definition
from onewindow.engine.registry import Registry

JSON = "application/json"
ROUTING_PATIENCE_S = 30.0
PAGE = 200


class Actors:
    """Everybody with a key, acting in rounds. `url` is the server's."""

    def __init__(self, url: str, keys: Sequence[Key], registry: Registry, bodies: Bodies, random: Random) -> None:
        self._officers = [Door(url, key["key"]) for key in keys if key["agency"]]
        self._lodgers = [Door(url, key["key"]) for key in keys if key["company"]]
        self._registry = registry
        self._bodies = bodies
        self._random = random

    def wait_for_work(self) -> None:
        """Until the first tasks are routed; the demonstration goes on without them after a while."""
        until = time.monotonic() + ROUTING_PATIENCE_S
        while time.monotonic() < until and not any(next(_tasks(door), None) for door in self._officers):
            time.sleep(0.5)

    def act(self) -> int:
        """Every round of every actor; how many acts were taken."""
        taken, progress = 0, Progress("demonstration: acts")
        for number in range(acts()["rounds"]):
            for act in self._round(number):
                taken += act
                progress.advance(act)
        progress.finish()
        return taken

    def _round(self, number: int) -> Iterator[bool]:
        for door in self._officers:
            for task in list(_tasks(door)):
                if self._random.random() >= acts()["left_lying"].get(task["state"], 0.0):
                    yield self._take(door, task["reference"], number, of_task=task["id"])
        for door in self._lodgers:
            for submission in list(_submissions(door)):
                if self._wants_to_act(submission):
                    yield self._take(door, submission["reference"], number, of_task="")

    def _wants_to_act(self, submission: dict[str, Any]) -> bool:
        definition = self._registry.definition(submission["service"], submission["definition_version"])
        assert definition is not None
        if submission["state"] in definition.lodging.reply:
            return self._random.random() < float(acts()["replies"])
        state = definition.state(submission["state"])
        return not (state and state.end) and self._random.random() < float(acts()["visits"])

    def _take(self, door: Door, reference: str, number: int, *, of_task: str) -> bool:
        """Choose among what is offered and do it; False when nothing is, or somebody was faster."""
        seen = door.get(f"/submissions/{reference}").json()
        definition = self._registry.definition(seen.get("service", ""), seen.get("definition_version", ""))
        offered = [one for one in seen.get("allowed", []) if one["task"] == of_task or not of_task]
        asked = definition is not None and seen["state"] in definition.lodging.reply
        idle = 0 if of_task or asked else int(acts()["idle"])
        name = choose([one["action"] for one in offered], self._random, idle=idle)
        if definition is None or not name:
            return False
        task = next(one["task"] for one in offered if one["action"] == name)
        body = self._body(definition, name, task, seen)
        key = sha256(f"demo {reference} {task} {name} {number} {seen['version']}".encode()).hexdigest()
        path = f"/tasks/{task}/{name}" if task else f"/submissions/{reference}/{_PATHS.get(name, f'actions/{name}')}"
        return door.post(path, body, media=JSON, key=key).status in (200, 201)

    def _body(self, definition: Definition, name: str, task: str, seen: dict[str, Any]) -> bytes:
        stages = [one for one in definition.stages if name in one.actions]
        stage = next((one for one in stages if one.state == seen["state"]), stages[0] if stages and task else None)
        body = self._bodies.body(definition, definition.actions[name], stage)
        return json.dumps(body, ensure_ascii=False).encode()


_PATHS = {"reply": "replies", "withdraw": "withdrawal"}


def _tasks(door: Door) -> Iterator[dict[str, Any]]:
    yield from _rows(door, "tasks")


def _submissions(door: Door) -> Iterator[dict[str, Any]]:
    yield from _rows(door, "submissions")


def _rows(door: Door, what: str) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = door.get(f"/{what}?limit={PAGE}" + (f"&after={quote(after)}" if after else "")).json()
        yield from page.get(what, [])
        after = page.get("after", "")
        if not after:
            return
