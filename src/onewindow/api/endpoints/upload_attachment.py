"""POST /attachments: a file for a document or a reply."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from onewindow.api.exchange import Reply, Request, created
from onewindow.api.wire import attachment_body
from onewindow.application.attachments import upload

_NAME: Final = re.compile(r"filename\*=(?:utf-8|UTF-8)''(?P<coded>[^;\s]+)|filename=\"?(?P<plain>[^\";]+)\"?")


def upload_attachment(request: Request) -> Reply:
    """The body is the file; Content-Type says what it is, Content-Disposition how it is called.

    It lies in quarantine until it is scanned. Put its `id` into the document or the reply.
    """
    file, repeated = upload(
        request.platform.attachments,
        request.actor,
        content=request.body,
        media=request.media,
        name=_name(request.headers.get(b"content-disposition", b"")),
        key=request.key,
        at=datetime.now(UTC),
    )
    return created(attachment_body(file), repeated=repeated)


def _name(header: bytes) -> str:
    found = _NAME.search(header.decode("latin-1"))
    if found is None:
        return "file"
    return unquote(found["coded"], errors="replace") if found["coded"] else found["plain"]
