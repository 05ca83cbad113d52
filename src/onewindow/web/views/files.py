"""Files of a submission: handed out only when a scanner found them clean, and never shown inline."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onewindow.application.refusals import NotFound
from onewindow.bootstrap import platform
from onewindow.web.seeing import seen


@require_safe
def attachment(request: HttpRequest, reference: str, file_id: UUID) -> HttpResponse:
    """The file as a download, or a page that says why it cannot be had."""
    actor, submission = seen(request, reference)
    file = platform().attachments.find(actor, file_id, submission.reference)
    if file is None:
        raise NotFound("There is no such file.")
    content = platform().attachments.content(actor, file_id, submission.reference)
    if content is None:
        context = {"file": file, "reference": submission.reference, "kilobytes": -(-file.size // 1024)}
        return render(request, "file.html", context)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response
