"""Why a use case does not do what was asked. Each has a stable `code`; the doors decide how it looks on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

from onewindow.kernel.finding import Finding


class Refusal(Exception):
    """Root of everything a use case may refuse with. `code` is stable; the message says what to do."""

    code = "refused"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = details


class Malformed(Refusal):
    """The bytes are not a document at all (not JSON, not XML, duplicate keys, NaN, too deep)."""

    code = "malformed"


class UnknownService(Refusal):
    """No such service, or not in force on the day."""

    code = "unknown_service"


class NotFound(Refusal):
    """No such object for this actor; the same answer whether it exists or not."""

    code = "not_found"


class Forbidden(Refusal):
    """The actor's role, scope or mandate does not allow it."""

    code = "forbidden"


class NotAllowedNow(Refusal):
    """The state does not allow the action; `details` has `state` and `allowed`."""

    code = "not_allowed_in_this_state"


class Stale(Refusal):
    """The version named is not the present one; `details` has `version`."""

    code = "stale_version"


class HeldByAnother(Refusal):
    """Somebody else holds the task; `details` has `holder`."""

    code = "held_by_another"


class KeyReused(Refusal):
    """The idempotency key was used for another body."""

    code = "idempotency_key_reused"


class SenderReferenceUsed(Refusal):
    """The sender's own reference was used for another document."""

    code = "sender_reference_used"


class NotDurable(Refusal):
    """It could not be kept; nothing was kept; try again with the same key. `details` has `retry_after` seconds."""

    code = "not_durable"


@dataclass
class Refused(Exception):
    """The document was checked and refused: every finding."""

    findings: tuple[Finding, ...] = field(default=())
    not_checked: tuple[str, ...] = ()
