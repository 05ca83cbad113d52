"""GET /submissions/{reference}: one submission, its version as ETag, and what the caller may do to it."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import AllowedBody, etag, whole_submission_body
from onewindow.application.allowed_actions import allowed_actions
from onewindow.application.ports import Submission
from onewindow.application.refusals import NotFound


def show_submission(request: Request) -> Reply:
    """State, version and digest; `allowed` names the actions the caller may take now, with the task for each."""
    submission = submission_seen(request)
    offers = allowed_actions(request.platform.desk, request.actor, submission)
    allowed = [AllowedBody(offer.action.name, offer.task) for offer in offers]
    return reply(whole_submission_body(submission, allowed), headers=etag(submission.version))


def submission_seen(request: Request) -> Submission:
    """The submission the path names, if the caller may see it. Raises NotFound."""
    reference = request.parameters["reference"]
    found = request.platform.register.submission(request.actor, reference)
    if found is None:
        raise NotFound(f"There is no submission {reference} that you may see.")
    return found
