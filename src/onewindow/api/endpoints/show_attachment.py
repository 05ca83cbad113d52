"""GET /attachments/{attachment}: whether a file was scanned, and its bytes when it was found clean."""

from __future__ import annotations

from uuid import UUID

from onewindow.api.endpoints.show_document import DOWNLOAD
from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import attachment_body
from onewindow.application.refusals import NotAllowedNow, NotFound


def show_attachment(request: Request) -> Reply:
    """The caller's own file, or (`submission`) one of a submission it may see; never bytes that were not scanned."""
    query = request.query()
    identity, reference = uuid_of(request.parameters["attachment"]), query.get("submission", "")
    files = request.platform.attachments
    found = files.find(request.actor, identity, reference)
    if found is None:
        raise NotFound("There is no such file that you may see.")
    if query.get("content") != "yes":
        return reply(attachment_body(found))
    content = files.content(request.actor, identity, reference)
    if content is None:
        words = f"The file is {found.scan}; only clean files are given out. Ask again later."
        raise NotAllowedNow(words, state=found.scan, allowed=[])
    return Reply(body=content, media=found.media.encode(), headers=(DOWNLOAD,))


def uuid_of(text: str) -> UUID:
    """The id a path names. Raises NotFound for what cannot be one."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"{text!r} is not an id.") from None
