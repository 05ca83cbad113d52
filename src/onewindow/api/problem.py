"""What a caller gets when a call is refused: RFC 9457 problem details with a stable `code` and the request's id."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from onewindow.application import refusals
from onewindow.engine.checking.json_guard import MalformedDocument

MEDIA: Final = b"application/problem+json"
RETRY_AFTER_S: Final = 2


class Problem(Exception):
    """An answer that is not what was asked for. `details` are further members of the problem's JSON."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        details: Mapping[str, object] | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.details = details or {}
        self.headers = headers

    def body(self, request_id: str) -> bytes:
        """The problem as JSON."""
        wire: dict[str, object] = {
            "type": f"urn:onewindow:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": request_id,
        }
        return msgspec.json.encode(wire | {name: value for name, value in self.details.items() if name not in wire})


class ProblemBody(msgspec.Struct):
    """Problem details (RFC 9457). `code` is stable, `detail` says what to do, `request_id` helps us to help you."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


_STATUS: Final[Mapping[type[Exception], int]] = {
    refusals.Malformed: 400,
    refusals.UnknownService: 404,
    refusals.NotFound: 404,
    refusals.Forbidden: 403,
    refusals.NotAllowedNow: 409,
    refusals.Stale: 412,
    refusals.HeldByAnother: 409,
    refusals.KeyReused: 422,
    refusals.SenderReferenceUsed: 409,
    refusals.NotDurable: 503,
}


def problem_of(error: Exception) -> Problem | None:
    """The problem a use case's refusal looks like from outside; None for an error nobody foresaw."""
    match error:
        case Problem():
            return error
        case refusals.Refused():
            return refused(error)
        case MalformedDocument():
            return malformed(str(error))
        case refusals.Refusal():
            return _problem_of_refusal(error)
    return None


def refused(error: refusals.Refused) -> Problem:
    """A document that was checked and found at fault, with every finding."""
    findings = [finding.as_dict() for finding in error.findings]
    details = {"findings": findings, "not_checked": list(error.not_checked)}
    errors = sum(finding.severity == "error" for finding in error.findings)
    noun = "fault" if errors == 1 else "faults"
    return Problem(
        422,
        "document_refused",
        f"The document has {errors} {noun}. Mend what `findings` names and send it again; its Idempotency-Key is free.",
        details=details,
    )


def malformed(reason: str) -> Problem:
    """The bytes are no document at all."""
    return Problem(400, "malformed", f"The body cannot be read: {reason}.")


def not_durable(detail: str, retry_after_s: int = RETRY_AFTER_S) -> Problem:
    """Nothing was kept; the same call with the same key may be sent again."""
    headers = ((b"retry-after", str(retry_after_s).encode()),)
    return Problem(503, "not_durable", detail, details={"retry_after": retry_after_s}, headers=headers)


def _problem_of_refusal(error: refusals.Refusal) -> Problem:
    if isinstance(error, refusals.NotDurable):
        return not_durable(str(error), _seconds(error.details.get("retry_after")))
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 422)
    return Problem(status, error.code, str(error), details=error.details)


def _seconds(stated: object) -> int:
    return max(1, int(stated)) if isinstance(stated, int | float) else RETRY_AFTER_S
