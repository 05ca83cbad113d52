"""Documents out of files: JSON, XML, NDJSON and spreadsheets (CSV), or standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onewindow.cli import faults
from onewindow.kernel.finding import Finding

JSON = "application/json"
XML = "application/xml"
CSV = "text/csv"
LINE_BYTES_MOST = 64 * 1024 * 1024
"""The same bound as a batch over HTTP; a longer line is refused unread."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file. `index` counts from 0 within the file; `fault` says why there are no bytes to check."""

    file: str
    index: int
    media: str = JSON
    body: bytes = b""
    fault: Finding | None = None


def documents(name: str) -> Iterator[Document]:
    """Every document of the file `name` (`-` is standard input), in order. A CSV file is one document of media CSV."""
    if name == "-":
        yield from _of_bytes(name, sys.stdin.buffer.read())
        return
    path = Path(name)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        yield Document(name, 0, fault=faults.unreadable_format(path.suffix))
        return
    try:
        yield from reader(path)
    except OSError as error:
        yield Document(name, 0, fault=faults.unreadable_file(name, error.strerror or str(error)))


def _json(path: Path) -> Iterator[Document]:
    yield Document(str(path), 0, JSON, path.read_bytes())


def _xml(path: Path) -> Iterator[Document]:
    yield Document(str(path), 0, XML, path.read_bytes())


def _csv(path: Path) -> Iterator[Document]:
    yield Document(str(path), 0, CSV, path.read_bytes())


def _ndjson(path: Path) -> Iterator[Document]:
    with path.open("rb") as lines:
        index = 0
        while line := lines.readline(LINE_BYTES_MOST + 1):
            if len(line) > LINE_BYTES_MOST:
                yield Document(str(path), index, fault=faults.too_long(LINE_BYTES_MOST))
                return
            if line.strip():
                yield Document(str(path), index, JSON, line.strip())
                index += 1


_READERS = {".json": _json, ".xml": _xml, ".csv": _csv, ".ndjson": _ndjson, ".jsonl": _ndjson}


def _of_bytes(name: str, content: bytes) -> Iterator[Document]:
    """Standard input has no ending that names its format, so its first characters do."""
    text = content.strip()
    if text.startswith((b"<", b"\xef\xbb\xbf<")):
        yield Document(name, 0, XML, content)
    elif _first_line_is_whole(text):
        for index, line in enumerate(filter(None, map(bytes.strip, text.split(b"\n")))):
            yield Document(name, index, JSON, line)
    else:
        yield Document(name, 0, JSON, text)


def _first_line_is_whole(text: bytes) -> bool:
    first, newline, _ = text.partition(b"\n")
    if not newline:
        return False
    try:
        json.loads(first)
    except ValueError:
        return False
    return True
