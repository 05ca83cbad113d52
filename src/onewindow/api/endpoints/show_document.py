"""GET /submissions/{reference}/document: the document as it was sent."""

from __future__ import annotations

from onewindow.api.endpoints.show_submission import submission_seen
from onewindow.api.exchange import Reply, Request
from onewindow.api.problem import Problem
from onewindow.api.wire import etag
from onewindow.application.refusals import NotFound


def show_document(request: Request) -> Reply:
    """The bytes of the latest version, or of `version`, with the content type they came with."""
    submission = submission_seen(request)
    written = request.query().get("version", "")
    if written and not (written.isascii() and written.isdigit() and len(written) < 10):
        raise Problem(400, "bad_parameter", "`version` is a number from 1.")
    found = request.platform.register.body(request.actor, submission, int(written) if written else None)
    if found is None:
        raise NotFound("There is no such version of this document, or its content was erased.")
    body, media = found
    return Reply(body=body, media=media.encode(), headers=(*etag(submission.version), DOWNLOAD))


DOWNLOAD = (b"content-disposition", b"attachment")
"""What strangers wrote is saved, never shown in a browser as if we had said it."""
