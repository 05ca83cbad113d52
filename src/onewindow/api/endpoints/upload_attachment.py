"""POST /attachments: a file for a document or a reply."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from onewindow.api.exchange import Reply, Request, created
from onewindow.api.multipart import FORM, FormFile, file_of
from onewindow.api.problem import Problem
from onewindow.api.wire import attachment_body
from onewindow.application.attachments import MEDIA, upload

_NAME: Final = re.compile(r"filename\*=(?:utf-8|UTF-8)''(?P<coded>[^;\s]+)|filename=\"?(?P<plain>[^\";]+)\"?")


def upload_attachment(request: Request) -> Reply:
    """The body is the file (Content-Type says what it is, Content-Disposition how it is called) or a form with one.

    It lies in quarantine until it is scanned. Put its `id` into the document or the reply.
    """
    sent = _sent(request)
    if sent.media not in MEDIA:
        raise Problem(415, "unsupported_media_type", f"A file is one of {', '.join(MEDIA)}; say which it is.")
    file, repeated = upload(
        request.platform.attachments,
        request.actor,
        content=sent.content,
        media=sent.media,
        name=_name(sent.disposition),
        key=request.key,
        at=datetime.now(UTC),
    )
    return created(attachment_body(file), repeated=repeated)


def _sent(request: Request) -> FormFile:
    if request.media == FORM:
        return file_of(request.body, request.headers[b"content-type"])
    return FormFile(request.media, request.headers.get(b"content-disposition", b""), request.body)


def _name(header: bytes) -> str:
    found = _NAME.search(header.decode("latin-1"))
    if found is None:
        return "file"
    return unquote(found["coded"], errors="replace") if found["coded"] else found["plain"]
