"""Why the life cycle does not do what was asked. The use cases turn these into the refusals that the doors know."""

from __future__ import annotations

from onewindow.kernel.finding import Finding
from onewindow.kernel.words import Words


class NotNow(Exception):
    """The present state does not allow the action; `allowed` names what it does allow to this actor."""

    def __init__(self, message: str, *, state: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.state = state
        self.allowed = allowed


class NotYours(Exception):
    """The actor's role or agency never allows the action here."""


class Held(Exception):
    """Somebody else has taken the leg; `holder` is who."""

    def __init__(self, message: str, *, holder: str) -> None:
        super().__init__(message)
        self.holder = holder


class Unfit(Exception):
    """The action's body cannot be carried out; `finding` says which part and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message.en)
        self.finding = finding


def unfit(code: str, pointer: str, message: Words, remedy: Words, *, value: object = None) -> Unfit:
    """An Unfit with its finding made up."""
    return Unfit(Finding(code, "error", pointer, message, remedy, value=value))
