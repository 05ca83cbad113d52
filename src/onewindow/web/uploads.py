"""Files that come with a form: bounded, kept in quarantine, named by their id where the form asked for them."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from onewindow.application.attachments import MEDIA, upload
from onewindow.application.refusals import Malformed
from onewindow.bootstrap import platform
from onewindow.definitions.model import Item
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Finding
from onewindow.web.forms.places import Json, item_at, put_at, value_at
from onewindow.web.words_catalogue import words_of

BYTES_MOST = 10 * 1024 * 1024
FILES_MOST = 10


def keep_uploads(request: HttpRequest, actor: Actor, document: dict[str, Json], root: Item) -> tuple[Finding, ...]:
    """Keeps every file of the form and puts its id into the document; a finding for each that cannot be taken."""
    findings = []
    for pointer, file in list(request.FILES.items())[:FILES_MOST]:
        item = item_at(root, pointer)
        if item is None or item.format.kind != "attachment" or not isinstance(file, UploadedFile):
            continue
        try:
            put_at(document, _free_place(document, pointer), _kept(actor, file))
        except (Malformed, ValueError):
            findings.append(_cannot_take(pointer, file.name or ""))
    return tuple(findings)


def _kept(actor: Actor, file: UploadedFile[bytes]) -> str:
    if (file.size or 0) > BYTES_MOST:
        raise Malformed("The file is too large.")
    content = file.read()
    media = next((name for name, start in MEDIA.items() if start and content.startswith(start)), "text/plain")
    key = f"form-{sha256(content).hexdigest()}"
    now = datetime.now(UTC)
    kept, _ = upload(
        platform().attachments, actor, content=content, media=media, name=file.name or "file", key=key, at=now
    )
    return str(kept.id)


def _free_place(document: dict[str, Json], pointer: str) -> str:
    """The pointer itself; for a row past the end of its list, the next free row."""
    parent, _, place = pointer.rpartition("/")
    if not place.isdecimal():
        return pointer
    rows = value_at(document, parent)
    return f"{parent}/{min(int(place), len(rows) if isinstance(rows, list) else 0)}"


def _cannot_take(pointer: str, name: str) -> Finding:
    words = words_of("form.file_refused").filled(name=name[:80])
    return Finding("FILE", "error", pointer, words, words_of("form.file_hint"))
