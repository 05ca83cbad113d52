"""GET /documents/{number}: an issued document by its number alone."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import issued_body
from onewindow.application.refusals import NotFound
from onewindow.kernel.reference import normalise


def find_issued(request: Request) -> Reply:
    """The same as below its submission; the number holds the submission's reference."""
    number = request.parameters["number"]
    for reference in _references_in(number):
        submission = request.platform.register.submission(request.actor, reference)
        issued = request.platform.issued.of(request.actor, submission) if submission else []
        for one in issued:
            if one.number == number:
                return reply(issued_body(one))
    raise NotFound(f"There is no issued document {number} that you may see.")


def _references_in(number: str) -> list[str]:
    """Every run of three groups that can be a reference: `IL-7Q2K-M4XD-91TB-2` holds one."""
    parts = number.split("-")
    runs = ("-".join(parts[start : start + 3]) for start in range(len(parts) - 2))
    return [run for run in runs if normalise(run)]
