"""`onewindow lodge`: lodges files through the machine door. Safe to repeat: keys follow from what is lodged."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import groupby

import click

from onewindow.bootstrap import platform
from onewindow.cli import faults
from onewindow.cli.day import today
from onewindow.cli.demonstration_key import demonstration_key
from onewindow.cli.documents import CSV, JSON, XML, Document, documents
from onewindow.cli.door import Door, DoorClosed
from onewindow.cli.lines import print_json
from onewindow.cli.progress import Progress
from onewindow.cli.service_names import service_named_by
from onewindow.engine.checking.json_guard import MalformedDocument
from onewindow.kernel.finding import Finding

ALL_LODGED, SOME_REFUSED, COULD_NOT_RUN = 0, 1, 2
LINES_A_BATCH = 1000
BYTES_A_BATCH = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Lodgement:
    """A document on its way to one service."""

    service: str
    document: Document


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: `answer` is the receipt, the findings or the problem, under its name."""

    lodgement: Lodgement
    answer: dict[str, object]

    @property
    def status(self) -> int:
        """Exit status this one asks for."""
        if "receipt" in self.answer:
            return ALL_LODGED
        return SOME_REFUSED if "findings" in self.answer else COULD_NOT_RUN


@click.command()
@click.option("--url", default="", help="Of the server; by default the one on this machine (HOST, PORT).")
@click.option("--key", default="", help="API key; by default ONEWINDOW_KEY, or a fitting key of the demonstration.")
@click.option("--service", default="", help="The service's id; without it the document names it ($service).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--patience", type=float, default=60.0, help="Seconds to go on trying when the server takes nothing.")
@click.argument("files", nargs=-1, required=True)
def lodge(*, url: str, key: str, service: str, as_json: bool, patience: float, files: tuple[str, ...]) -> None:
    """Lodge documents; FILE is .json, .xml, .csv or .ndjson, or - for standard input.

    Exit status: 0 all lodged, 1 some refused, 2 could not run.
    """
    settings = platform().settings
    address = url or f"http://{settings.host}:{settings.port}"
    doors = _Doors(address, key or os.environ.get("ONEWINDOW_KEY", ""), patience)
    status, progress = ALL_LODGED, Progress("lodged")
    try:
        for outcome in _lodge_all(doors, service, files):
            status = max(status, outcome.status)
            _print(outcome, as_json=as_json)
            progress.advance()
    except DoorClosed as error:
        click.echo(str(error), err=True)
        status = COULD_NOT_RUN
    finally:
        progress.finish()
    sys.exit(status)


class _Doors:
    """One door a key: the caller's, or a key of the demonstration that may lodge the document."""

    def __init__(self, url: str, key: str, patience_s: float) -> None:
        self._url = url
        self._patience_s = patience_s
        self._key = key
        self._opened: dict[str, Door] = {}

    def of(self, one: Lodgement) -> Door:
        key = self._key or demonstration_key(one.service, one.document)
        if key not in self._opened:
            self._opened[key] = Door(self._url, key, patience_s=self._patience_s)
        return self._opened[key]


def _lodge_all(doors: _Doors, service: str, files: tuple[str, ...]) -> Iterator[Outcome]:
    for name in files:
        lodgements = (one for document in documents(name) for one in _lodgements(document, service))
        for group in _groups(lodgements):
            yield from _lodge_group(doors, group)


def _lodgements(document: Document, service: str) -> Iterator[Lodgement]:
    if document.media != CSV:
        yield _lodgement(document, service)
        return
    from onewindow.channels.spreadsheet import UnreadableSpreadsheet, read_documents

    definition = platform().catalogue.in_force(service, today())
    if definition is None:
        raise click.UsageError("A spreadsheet does not name its service; give --service.")
    try:
        for index, body in enumerate(read_documents(document.body, definition)):
            yield Lodgement(service, Document(document.file, index, JSON, body))
    except UnreadableSpreadsheet as error:
        raise click.UsageError(f"{document.file}: {error}") from error


def _lodgement(document: Document, service: str) -> Lodgement:
    if document.fault is not None:
        return Lodgement(service, document)
    try:
        return Lodgement(service or service_named_by(document, platform()), document)
    except MalformedDocument as error:
        return Lodgement(service, replace(document, fault=faults.malformed(str(error))))


def _groups(lodgements: Iterator[Lodgement]) -> Iterator[list[Lodgement]]:
    """Neighbours that may go in one batch: JSON for the same service, within a batch's bounds."""
    for (_, batchable), members in groupby(lodgements, lambda one: (one.service, _batchable(one))):
        group: list[Lodgement] = []
        size = 0
        for member in members:
            size += len(member.document.body)
            if group and (not batchable or len(group) >= LINES_A_BATCH or size > BYTES_A_BATCH):
                yield group
                group, size = [], len(member.document.body)
            group.append(member)
        yield group


def _batchable(one: Lodgement) -> bool:
    return one.document.media == JSON and one.document.fault is None


def _lodge_group(doors: _Doors, group: list[Lodgement]) -> Iterator[Outcome]:
    first = group[0]
    if first.document.fault is not None:
        yield from (Outcome(one, {"problem": _words(one.document.fault)}) for one in group)
    elif not first.service:
        yield from (Outcome(one, {"problem": "The document names no service; give --service."}) for one in group)
    elif len(group) == 1:
        yield _lodge_one(doors.of(first), first)
    else:
        yield from _lodge_batch(doors.of(first), group)


def _lodge_one(door: Door, one: Lodgement) -> Outcome:
    path = f"/services/{one.service}/submissions"
    media = XML if one.document.media == XML else JSON
    answer = door.post(path, one.document.body, media=media, key=_key_of(one.service, one.document.body))
    content = answer.json()
    if answer.status in (200, 201):
        return Outcome(one, {"receipt": content})
    if "findings" in content:
        return Outcome(one, {"findings": content["findings"]})
    return Outcome(one, {"problem": content or {"status": answer.status}})


def _lodge_batch(door: Door, group: list[Lodgement]) -> Iterator[Outcome]:
    body = b"".join(one.document.body.replace(b"\n", b" ") + b"\n" for one in group)
    path = f"/services/{group[0].service}/batches"
    answer = door.post(path, body, media="application/x-ndjson", key=_key_of(group[0].service, body))
    if answer.status != 200:
        yield from (Outcome(one, {"problem": answer.json() or {"status": answer.status}}) for one in group)
        return
    for line in answer.body.splitlines():
        content = json.loads(line)
        yield Outcome(group[content.pop("index")], content)


def _key_of(service: str, body: bytes) -> str:
    """The same document for the same service has the same key for ever."""
    return sha256(service.encode() + b"\n" + body).hexdigest()


def _words(fault: Finding | None) -> str:
    return fault.message.en if fault else ""


def _print(outcome: Outcome, *, as_json: bool) -> None:
    one = outcome.lodgement
    if as_json:
        print_json({"file": one.document.file, "index": one.document.index, "service": one.service, **outcome.answer})
        return
    where = f"{one.document.file}#{one.document.index} {one.service or '-'}:"
    receipt, findings = outcome.answer.get("receipt"), outcome.answer.get("findings")
    if isinstance(receipt, dict):
        click.echo(f"{where} {receipt.get('reference')} {receipt.get('state')}")
    elif isinstance(findings, list):
        click.echo(f"{where} refused")
        for finding in findings:
            click.echo(f"  {finding['code']} {finding['pointer'] or '/'}  {finding['message']['en']}")
    else:
        problem = outcome.answer.get("problem")
        click.echo(f"{where} not lodged: {problem.get('detail', problem) if isinstance(problem, dict) else problem}")
