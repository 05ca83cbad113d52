"""A call and its answer, as the endpoints see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from onewindow.api.problem import Problem
from onewindow.engine.checking.json_guard import guard
from onewindow.kernel.actor import Actor
from onewindow.kernel.hong_kong import hong_kong_day

if TYPE_CHECKING:
    from onewindow.api.operation import Operation
    from onewindow.bootstrap import Platform

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON: Final = b"application/json"
NOBODY: Final = Actor(party="")
Body = TypeVar("Body", bound=msgspec.Struct)
_NEW, _OK = 201, 200
_QUERY_FIELDS_MOST: Final = 20


@dataclass(slots=True, eq=False)
class Request:
    """One call. `headers` are raw and lower-case; `body` is whole unless the operation reads its `stream` itself."""

    id: str
    method: str
    path: str
    query_string: bytes
    headers: Mapping[bytes, bytes]
    operation: Operation
    parameters: Mapping[str, str]
    platform: Platform
    actor: Actor = NOBODY
    body: bytes = b""
    media: str = ""
    key: str = ""
    stream: AsyncIterator[bytes] | None = None

    @property
    def today(self) -> date:
        """The day in Hong Kong."""
        return hong_kong_day(datetime.now(UTC))

    def query(self) -> Mapping[str, str]:
        """The query's fields. Raises Problem for one that is unknown, given twice or not UTF-8."""
        return _query(self.query_string, tuple(field.name for field in self.operation.query))

    def number(self, name: str, otherwise: int, *, least: int = 0, most: int = 2**62) -> int:
        """A number of the query. Raises Problem when it is none, or out of bounds."""
        written = self.query().get(name, "")
        if not written:
            return otherwise
        if not (written.isascii() and written.isdigit() and len(written) < 20 and least <= int(written) <= most):
            raise Problem(400, "bad_parameter", f"`{name}` is a whole number from {least} to {most}.")
        return int(written)

    def limit(self) -> int:
        """How many rows a page holds: what was asked for, 200 at most."""
        return min(self.number("limit", 50, least=1), 200)

    def version(self) -> int | None:
        """The version `If-Match` names, None for `*`. Raises Problem when it is missing or names no version."""
        if b"if-match" not in self.headers:
            words = "Send If-Match with the ETag of the version you read, so that no change is lost."
            raise Problem(428, "if_match_required", words)
        return self.version_if_named()

    def version_if_named(self) -> int | None:
        """The version `If-Match` names; None when there is no such header."""
        written = self.headers.get(b"if-match", b"*").decode("latin-1").strip()
        if written == "*":
            return None
        digits = written.removeprefix("W/").strip('"')
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise Problem(412, "stale_version", "If-Match names no version of this submission. Read it again.")
        return int(digits)


class Reply(msgspec.Struct, frozen=True):
    """One answer: bytes, or a stream of them."""

    status: int = _OK
    body: bytes = b""
    media: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()
    stream: AsyncIterator[bytes] | None = None


def reply(value: object, *, status: int = _OK, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    """`value` as JSON."""
    return Reply(status, encode(value), headers=headers)


def created(value: object, *, repeated: bool) -> Reply:
    """201 the first time, 200 when the same call was answered before."""
    return reply(value, status=_OK if repeated else _NEW)


def read(request: Request, kind: type[Body]) -> Body:
    """The body as `kind`. Raises MalformedDocument, and Problem 422 when it has another shape."""
    guard(request.body)
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise Problem(422, "body_refused", f"The body does not fit: {error}.") from None


_encoder: Final = msgspec.json.Encoder(decimal_format="string")
encode: Final = _encoder.encode


def _query(query_string: bytes, known: tuple[str, ...]) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_QUERY_FIELDS_MOST,
        )
    except ValueError:
        raise Problem(400, "bad_parameter", "The query cannot be read; percent-encode it as UTF-8.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem(400, "bad_parameter", "A field of the query is given twice; give it once.")
    for name, value in pairs:
        if name not in known:
            names = ", ".join(known) or "none"
            raise Problem(400, "bad_parameter", f"{name[:40]!r} is not a field of this query. It knows: {names}.")
        if "\0" in value:
            raise Problem(400, "bad_parameter", f"{name!r} holds a NUL character.")
    return fields
