"""Checks the body of an action as a document is checked: the same findings, with pointer, words and remedy."""

from __future__ import annotations

from collections.abc import Mapping

from onewindow.application import refusals
from onewindow.application.desk import Desk
from onewindow.definitions.model import Definition
from onewindow.engine.checking.json_guard import MalformedDocument
from onewindow.kernel.working_time import HONG_KONG

_MOST_BYTES = 1_000_000


def checked_body(desk: Desk, definition: Definition, action: str, body: bytes) -> Mapping[str, object]:
    """The values of an action's body. Raises Malformed and Refused; an action without items takes an empty body."""
    if len(body) > _MOST_BYTES:
        raise refusals.Malformed("The body of an action is at most a million bytes long. Send files as attachments.")
    checker = desk.services.action_checker(definition, action)
    if checker is None:
        return {}
    try:
        values, findings = checker.judge(body.strip() or b"{}", desk.clock().astimezone(HONG_KONG).date())
    except MalformedDocument as fault:
        raise refusals.Malformed(str(fault)) from fault
    if any(finding.severity == "error" for finding in findings):
        raise refusals.Refused(findings)
    return {name: value for name, value in dict(values or {}).items() if value not in (None, "", [])}
