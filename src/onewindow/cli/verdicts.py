"""The verdict on one document of a file: which service, which checker, every finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from onewindow.bootstrap import Platform
from onewindow.cli import faults
from onewindow.cli.day import present, today
from onewindow.cli.documents import CSV, XML, Document
from onewindow.cli.service_names import service_named_by
from onewindow.engine.checking.checker import Checker, Judgement
from onewindow.engine.checking.json_guard import MalformedDocument
from onewindow.kernel.finding import Finding, Verdict

COULD_NOT_RUN = frozenset({"could_not_run", "unreadable_file"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the output. `service` is empty when the document names none."""

    file: str
    index: int
    service: str
    verdict: Verdict

    @property
    def could_not_run(self) -> bool:
        """True when nothing was checked for a reason outside the document."""
        return any(finding.code in COULD_NOT_RUN for finding in self.verdict.findings)

    def as_dict(self) -> dict[str, object]:
        """Wire shape of the contract."""
        return {
            "file": self.file,
            "index": self.index,
            "service": self.service,
            "accepted": self.verdict.accepted,
            "findings": [finding.as_dict() for finding in self.verdict.findings],
            "not_checked": list(self.verdict.not_checked),
        }


class Judge:
    """Judges documents for one day, or for now; `service` is the one the caller named, or empty."""

    def __init__(self, platform: Platform, *, service: str, as_of: date | None) -> None:
        self._platform = platform
        self._service = service
        self._as_of = as_of or today()
        self._now = None if as_of else present()

    def lines(self, document: Document) -> Iterator[Line]:
        """One line a document; a spreadsheet may hold several."""
        if document.fault is not None:
            yield _refused(document, self._service, document.fault)
        elif document.media == CSV:
            yield from self._of_spreadsheet(document)
        else:
            yield self._line(document)

    def _of_spreadsheet(self, document: Document) -> Iterator[Line]:
        from onewindow.channels.spreadsheet import UnreadableSpreadsheet, read_documents

        checker = self._checker(self._service)
        if checker is None:
            yield _refused(document, self._service, self._unknown(self._service))
            return
        try:
            for index, body in enumerate(read_documents(document.body, checker.definition)):
                yield self._line(Document(document.file, index, body=body))
        except UnreadableSpreadsheet as error:
            yield _refused(document, self._service, faults.malformed(str(error)))

    def _line(self, document: Document) -> Line:
        service = self._service
        try:
            service = service or service_named_by(document, self._platform)
            checker = self._checker(service)
            if checker is None:
                return _refused(document, service, self._unknown(service))
            verdict = self._verdict(checker, document)
        except MalformedDocument as error:
            return _refused(document, service, faults.malformed(str(error)))
        return Line(document.file, document.index, service, verdict)

    def _checker(self, service: str) -> Checker | None:
        """The checker of a service in force on the day; None when there is none."""
        return self._platform.registry_of(service).in_force(service, self._as_of) if service else None

    def _verdict(self, checker: Checker, document: Document) -> Verdict:
        if document.media == XML:
            from onewindow.channels.wco_xml import read_document

            read = read_document(document.body, checker.definition)
            verdict = _verdict_of(checker, checker.judge(read.json, self._as_of, self._now))
            return Verdict(tuple(map(read.located, verdict.findings)), verdict.not_checked)
        return _verdict_of(checker, checker.judge(document.body, self._as_of, self._now))

    @staticmethod
    def _unknown(service: str) -> Finding:
        return faults.unknown_service(service) if service else faults.unnamed_service()


def _verdict_of(checker: Checker, outcome: Judgement | Verdict) -> Verdict:
    return outcome if isinstance(outcome, Verdict) else Verdict(outcome.warnings, checker.not_checked)


def _refused(document: Document, service: str, finding: Finding) -> Line:
    return Line(document.file, document.index, service, Verdict(findings=(finding,)))
