"""Rows of lists with the words people read: service, state, next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from onewindow.application.ports import Submission, Task
from onewindow.bootstrap import platform
from onewindow.definitions.model import State
from onewindow.engine.life.ledger import Account
from onewindow.kernel.actor import Actor
from onewindow.kernel.words import Words
from onewindow.web.forms import choices
from onewindow.web.language import language_now
from onewindow.web.registered import chinese_names
from onewindow.web.summary_words import BETWEEN, summary_in_words


@dataclass(frozen=True, slots=True)
class ShownSubmission:
    """A submission in a list."""

    submission: Submission
    title: Words
    state: State | None
    summary: str


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task in a work list; `late` when its deadline has passed."""

    task: Task
    title: Words
    stage: Words
    late: bool
    holder: str
    summary: str


def balances(accounts: Iterable[Account]) -> list[tuple[str, str]]:
    """What is left on an issued document: its lines with amount and unit in words."""
    units, language = platform().catalogue.vocabulary.lists.get("unit"), language_now()
    return [(one.line, f"{one.available} {choices.shown(units, one.unit, language)}") for one in accounts]


def shown_submissions(rows: Iterable[object], actor: Actor) -> list[ShownSubmission]:
    """Rows of `Register.submissions` with words, for the actor who reads them."""
    found = [cast(Submission, row) for row in rows]
    return [_submission(row, summary) for row, summary in zip(found, summaries(found, actor), strict=True)]


def service_title(service: str, version: str = "") -> Words:
    """The title of a service, as the version has it or the newest; its id when it is no longer kept."""
    known = platform().catalogue
    found = known.version(service, version) or known.newest.get(service)
    return found.title if found else Words(service, service, service)


def stage_title(service: str, version: str, stage: str) -> Words:
    """The title of a stage of this version; its name when the definition is no longer kept."""
    found = platform().catalogue.version(service, version)
    known = found.stage(stage) if found else None
    return known.title if known else Words(stage, stage, stage)


def summaries(rows: Sequence[Submission] | Sequence[Task], actor: Actor) -> list[str]:
    """What each row is about in words, companies by their name in the language of the page; one statement at most."""
    language = language_now()
    names = chinese_names(actor, (part for row in rows for part in row.summary.split(BETWEEN)), language)
    return [_summary(row, language, names) for row in rows]


def _summary(row: Submission | Task, language: str, names: Mapping[str, str]) -> str:
    """As stored when the definition is no longer kept."""
    found = platform().catalogue.version(row.service, row.definition_version)
    lists = platform().catalogue.vocabulary.lists
    return summary_in_words(found, row.summary, lists, language, names) if found else row.summary


def _submission(row: Submission, summary: str) -> ShownSubmission:
    found = platform().catalogue.version(row.service, row.definition_version)
    title = service_title(row.service, row.definition_version)
    return ShownSubmission(row, title, found.state(row.state) if found else None, summary)
