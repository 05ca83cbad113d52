"""From journal to mailboxes: whoever an event tells gets a notice with the next number of his mailbox, and whatever has
to leave the house for it (webhook, mail) is queued in the same transaction.

Lodging makes no notice: its receipt is the answer. Numbers, once given, stand: a rebuild adds only what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from onewindow.definitions.model import Definition
from onewindow.followers.follow import ACTS, Connection, Entry
from onewindow.followers.notice_words import notice_words
from onewindow.followers.worklist import Definitions
from onewindow.kernel.identity import id_from_cause
from onewindow.storage.queries import query

_COLUMNS = ("at", "submission", "recipient", "cause", "kind", "service", "reference", "state", "payload")
_OUT = ("id", "subscription", "number", "carrier", "party", "target", "payload")
_KEPT = ("leg", "stage", "agency", "outcome", "to", "codes", "number", "valid_until", "clock", "due_at", "cause")
"""Facts of an event that its notice repeats: codes and instants, never words."""


class Told(msgspec.Struct, frozen=True):
    """The part of an event's payload that says whom it tells."""

    tells: tuple[str, ...] = ()


_told = msgspec.json.Decoder(Told)
_facts = msgspec.json.Decoder(dict[str, Any])
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Made:
    """A notice as it was numbered."""

    number: int
    at: Any
    recipient: str
    cause: str
    kind: str
    service: str
    reference: str
    state: str
    payload: bytes


class NoticeFollower:
    """Follows every event; writes `notice`, `mailbox` and `delivery`."""

    name = "notices"
    batch = 5000
    reads = ACTS

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions

    def apply(self, connection: Connection, lane: int, entries: list[Entry]) -> None:
        """The notices of these events. A trial's notices go to its lodger only."""
        rows = [row for entry in entries if entry.kind != "lodged" for row in self._rows(lane, entry)]
        if not rows:
            return
        columns = {name: [row[name] for row in rows] for name in _COLUMNS}
        columns["place"] = list(range(len(rows)))
        numbered = connection.execute(query("notices_insert"), {"lane": lane, **columns}).fetchall()
        self._deliver(connection, [Made(*row) for row in numbered])

    def clear(self, connection: Connection) -> None:
        """Nothing: a number that was given is never given again."""

    def _rows(self, lane: int, entry: Entry) -> Iterable[dict[str, object]]:
        recipients = _recipients(entry)
        if not recipients:
            return
        payload = _encoder.encode(self._payload(entry))
        for recipient in recipients:
            yield {
                "at": entry.at,
                "submission": entry.submission,
                "recipient": recipient,
                "cause": f"{lane}/{entry.pos}",
                "kind": entry.kind,
                "service": entry.service,
                "reference": entry.reference,
                "state": str(_facts.decode(entry.payload).get("state") or entry.state),
                "payload": payload,
            }

    def _payload(self, entry: Entry) -> dict[str, object]:
        facts = _facts.decode(entry.payload)
        definition = self.definitions.definition(entry.service, entry.definition_version)
        return {
            "version": entry.version,
            "definition_version": entry.definition_version,
            "event": entry.seq,
            "words": notice_words(definition, entry.kind).as_dict(),
            **{name: facts[name] for name in _KEPT if name in facts},
        }

    def _deliver(self, connection: Connection, made: list[Made]) -> None:
        if not made:
            return
        parties = {"parties": sorted({one.recipient for one in made})}
        hooks = connection.execute(query("notices_subscriptions"), parties).fetchall()
        mails = connection.execute(query("notices_addresses"), parties).fetchall()
        rows = [row for one in made for row in _webhooks(one, hooks)]
        rows += [row for one in made for row in self._mails(one, mails)]
        if rows:
            columns = {name: [row[name] for row in rows] for name in _OUT}
            connection.execute(query("notices_deliver"), {"at": made[0].at, **columns})

    def _mails(self, made: Made, mails: list[tuple[Any, ...]]) -> Iterable[dict[str, object]]:
        for party, address, language in mails:
            if party == made.recipient:
                version = _facts.decode(made.payload)["definition_version"]
                message = _mail(made, self.definitions.definition(made.service, version), language)
                yield _out(made, "mail", None, address, message)


def _recipients(entry: Entry) -> list[str]:
    told = _told.decode(entry.payload).tells
    found = {party for party in told if party != "lodger" and entry.mode != "test"}
    if "lodger" in told:
        found |= {entry.lodger, entry.principal}
    return sorted(found - {""})


def _webhooks(made: Made, hooks: list[tuple[Any, ...]]) -> Iterable[dict[str, object]]:
    for subscription, party, url, kinds in hooks:
        if party == made.recipient and (not kinds or made.kind in kinds):
            yield _out(made, "webhook", subscription, url, notification(made))


def notification(made: Made) -> bytes:
    """What a webhook carries: the notice as `GET /notifications` shows it."""
    wire = {
        "number": made.number,
        "at": made.at,
        "kind": made.kind,
        "service": made.service,
        "reference": made.reference,
        "state": made.state,
        "payload": msgspec.Raw(made.payload),
    }
    return _encoder.encode(wire)


def _out(made: Made, carrier: str, subscription: object, target: str, payload: bytes) -> dict[str, object]:
    return {
        "id": id_from_cause("delivery", carrier, subscription or target, made.recipient, made.cause),
        "subscription": subscription,
        "number": made.number,
        "carrier": carrier,
        "party": made.recipient,
        "target": target,
        "payload": payload,
    }


def _mail(made: Made, definition: Definition | None, language: str) -> bytes:
    """Subject and text. Never more than the fact and the number: a mailbox is no safe place for a document."""
    words: Mapping[str, str] = _facts.decode(made.payload)["words"]
    title = definition.title.of(language) if definition else made.service
    text = words.get(language) or words["en"]
    state = definition.state(made.state) if definition else None
    lines = [text, "", f"{title}", made.reference, *([state.title.of(language)] if state else [])]
    return _encoder.encode({"subject": f"{title} · {made.reference}", "text": "\n".join(lines) + "\n"})
