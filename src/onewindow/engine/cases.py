"""Cases beside the rules: data an officer can read. One runner judges them all, in tests and on the command line."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from onewindow.engine.checking.checker import Checker, Judgement
from onewindow.engine.example import render

_KEYS = {"title", "from", "as_of", "set", "remove", "add", "refused", "accepted", "warned", "charges", "stages"}
DEFAULT_DAY = date(2026, 6, 1)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as written: what changes from another document, and the exact verdict."""

    name: str
    written: Mapping[str, Any]
    folder: Path

    @property
    def as_of(self) -> date:
        return date.fromisoformat(str(self.written.get("as_of", DEFAULT_DAY)))


def cases_of(folder: Path) -> Iterator[Case]:
    """The cases of a service's folder; the accepted document itself is the first. ValueError for an unknown key."""
    if (folder / "cases" / "accepted.json").exists():
        yield Case("accepted", {"accepted": True}, folder)
    for path in sorted((folder / "cases").glob("*.toml")):
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := written.keys() - _KEYS:
            raise ValueError(f"{path.name}: a case knows no {min(unknown)!r}; it knows {', '.join(sorted(_KEYS))}")
        yield Case(path.stem, written, folder)


def document_of(case: Case) -> object:
    """The case's document, with templates filled in for its day."""
    return render(_document(case), case.as_of, f"CASE-{case.name.upper()}"[:35])


def _document(case: Case) -> object:
    start = str(case.written.get("from", "accepted"))
    path = case.folder / "cases" / f"{start}.json"
    if path.exists():
        document = json.loads(path.read_text(encoding="utf-8"))
    else:
        written = tomllib.loads((case.folder / "cases" / f"{start}.toml").read_text(encoding="utf-8"))
        document = copy.deepcopy(_document(Case(start, written, case.folder)))
    for pointer in case.written.get("remove", []):
        _change(document, pointer, None, remove=True)
    for pointer, value in {**case.written.get("set", {}), **case.written.get("add", {})}.items():
        _change(document, pointer, value, remove=False)
    return document


def _change(document: object, pointer: str, value: object, *, remove: bool) -> None:
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("/").split("/")]
    here: Any = document
    for part in way:
        here = here[int(part)] if isinstance(here, list) else here.setdefault(part, {})
    if isinstance(here, list):
        _change_row(here, last, value, remove=remove)
    elif remove:
        here.pop(last, None)
    else:
        here[last] = value


def _change_row(rows: list[object], place: str, value: object, *, remove: bool) -> None:
    if remove:
        del rows[int(place)]
    elif place == "-" or int(place) == len(rows):
        rows.append(value)
    else:
        rows[int(place)] = value


def differences(case: Case, checker: Checker) -> list[str]:
    """What the verdict says otherwise than the case; empty when the case holds."""
    verdict = checker.judge(json.dumps(document_of(case), ensure_ascii=False).encode(), case.as_of)
    findings = verdict.warnings if isinstance(verdict, Judgement) else verdict.findings
    said = {severity: _said(findings, severity) for severity in ("error", "warning")}
    wanted = {"error": case.written.get("refused", []), "warning": case.written.get("warned")}
    wrong = [f"{severity}: said {said[severity]}, case says {sorted(lines)}" for severity, lines in wanted.items()
             if lines is not None and said[severity] != sorted(lines)]  # fmt: skip
    if isinstance(verdict, Judgement):
        wrong += _judgement_differences(case, verdict)
    elif not wanted["error"]:
        wrong.append("was refused")
    return wrong


def _said(findings: tuple[Any, ...], severity: str) -> list[str]:
    return sorted(f"{one.code} {one.pointer}" for one in findings if one.severity == severity)


def _judgement_differences(case: Case, judged: Judgement) -> list[str]:
    wrong = []
    charges = {name: str(amount) for name, amount, _ in judged.charges}
    for name, amount in cast("Mapping[str, str]", case.written.get("charges", {})).items():
        if charges.get(name, "none") != str(amount):
            wrong.append(f"charge {name}: {charges.get(name, 'none')}, case says {amount}")
    if "stages" in case.written and list(judged.stages) != case.written["stages"]:
        wrong.append(f"stages {list(judged.stages)}, case says {case.written['stages']}")
    return wrong
