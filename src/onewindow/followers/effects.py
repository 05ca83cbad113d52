"""What one submission does to another: a declaration reserves on a licence, a bundle binds its cargo.

It is carried out as a command in the other one's lane, keyed by its cause, and reported back; a repeat changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from onewindow.application.acting import life_of
from onewindow.application.desk import Desk
from onewindow.application.settle_effects import do_effect, report_effect
from onewindow.definitions.model import Definition
from onewindow.engine.life.life import EffectWritten
from onewindow.followers.follow import CAUSES, Connection, Entry
from onewindow.kernel.actor import SYSTEM

_UNDONE_BY = {"reserve": "restore", "bind": "unbind"}
"""Verbs that an amendment takes back."""


class Undo(msgspec.Struct, frozen=True):
    """What the document before an amendment did."""

    version: int = 1
    effects: tuple[EffectWritten, ...] = ()


class Caused(msgspec.Struct, frozen=True):
    """The part of an event's payload that names effects; `was` is there when the state changed."""

    state: str = ""
    was: str = ""
    effects: tuple[EffectWritten, ...] = ()
    undo: Undo = Undo()


_caused = msgspec.json.Decoder(Caused)


class EffectFollower:
    """Follows events of services that have effects; writes nothing itself, but acts and reports through the journal."""

    name = "effects"
    batch = 5000
    reads = CAUSES

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def apply(self, connection: Connection, lane: int, entries: list[Entry]) -> None:  # noqa: ARG002 - as followers are
        """Carry out what these events cause."""
        for entry in entries:
            definition = self.desk.services.definition(entry.service, entry.definition_version)
            if definition is not None and definition.effects:
                self._carry_out(entry)

    def clear(self, connection: Connection) -> None:
        """Nothing: what was done to others stays done, and is not done again."""

    def _carry_out(self, entry: Entry) -> None:
        caused = _caused.decode(entry.payload)
        for name, effect in numbered(caused.undo.effects, on="lodged"):
            self._undo(entry, effect, f"{entry.reference}/{caused.undo.version}/{name}")
        if entry.kind in ("lodged", "amend"):
            for name, effect in numbered(caused.effects, on="lodged"):
                self._do(entry, effect, f"{entry.reference}/{entry.version}/{name}", report=True)
            return
        life = self._life(entry)
        if life is not None:
            entered = caused.state if caused.was else ""
            for name, effect in numbered(life.effects, on=entry.kind, or_on=entered):
                self._do(entry, effect, f"{entry.reference}/{life.document_version}/{name}", report=False)

    def _life(self, entry: Entry) -> Any:
        submission = self.desk.files.submission(SYSTEM, entry.reference)
        return None if submission is None else life_of(self.desk, submission)

    def _do(self, entry: Entry, effect: EffectWritten, cause: str, *, report: bool) -> None:
        refused = self._act(entry, effect, effect.act, cause)
        if report or refused:
            report_effect(self.desk, entry.reference, f"{cause}:{effect.act}", refused=refused)

    def _undo(self, entry: Entry, effect: EffectWritten, cause: str) -> None:
        definition = self._definition_of(effect.refers)
        verbs = definition.actions[effect.act].does if definition and effect.act in definition.actions else ()
        wanted = [_UNDONE_BY[verb] for verb in verbs if verb in _UNDONE_BY]
        for action in definition.actions.values() if definition else ():
            if set(wanted) & set(action.does):
                self._act(entry, effect, action.name, cause)

    def _definition_of(self, reference: str) -> Definition | None:
        submission = self.desk.files.submission(SYSTEM, reference)
        if submission is None:
            return None
        return self.desk.services.definition(submission.service, submission.definition_version)

    def _act(self, entry: Entry, effect: EffectWritten, action: str, cause: str) -> str:
        """Why it was refused, or the empty string. A trial touches nothing real; it is told that all went well."""
        if entry.mode == "test":
            return ""
        values: dict[str, object] = {**effect.values, "by": entry.reference, "cause": cause}
        return do_effect(self.desk, effect.refers, action, values, cause=f"{cause}:{effect.on}:{action}:{entry.seq}")


def numbered(effects: Iterable[EffectWritten], *, on: str, or_on: str = "") -> Iterable[tuple[str, EffectWritten]]:
    """Effects of one occasion, each with a name that effects of other occasions on the same row share."""
    counts: Counter[str] = Counter()
    for effect in effects:
        if effect.on in (on, or_on) and effect.on:
            counts[f"{effect.on}:{effect.act}:{effect.refers}"] += 1
            yield f"{effect.refers}/{counts[f'{effect.on}:{effect.act}:{effect.refers}']}", effect
