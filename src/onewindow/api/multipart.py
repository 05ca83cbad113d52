"""The one file of a `multipart/form-data` body (RFC 7578), for clients that upload as forms do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from onewindow.api.problem import malformed

FORM: Final = "multipart/form-data"
_BOUNDARY: Final = re.compile(rb"boundary=(?:\"([^\"]{1,70})\"|([^;\s]{1,70}))")


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file of a form: its stated media type, its Content-Disposition and its bytes."""

    media: str
    disposition: bytes
    content: bytes


def file_of(body: bytes, content_type: bytes) -> FormFile:
    """The form's only file; other fields are passed over. Raises Problem 400."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise malformed("the form names no boundary")
    mark = b"--" + (found[1] or found[2])
    files = [part for part in map(_part, (b"\r\n" + body).split(b"\r\n" + mark)[1:-1]) if part is not None]
    if len(files) != 1:
        raise malformed("the form holds no file, or several; send one file a call")
    return files[0]


def _part(part: bytes) -> FormFile | None:
    head, blank, content = part.partition(b"\r\n\r\n")
    headers = {}
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    disposition = headers.get(b"content-disposition", b"")
    if not blank or b"filename" not in disposition:
        return None
    media = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    return FormFile(media, disposition, content)
