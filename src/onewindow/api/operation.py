"""One row of the table of operations: everything the shell, the router and the OpenAPI document need to know."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

from onewindow.api.exchange import Reply, Request

KIB: Final = 1024
MIB: Final = 1024 * KIB
JSON: Final = ("application/json",)
DOCUMENTS: Final = ("application/json", "application/xml", "text/xml", "application/edifact")

Handler = Callable[[Request], Reply | Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class QueryField:
    """A field of an operation's query string."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method on a path.

    `handler` runs on the event loop when it is a coroutine function, else on a thread. `scope` is what a limited key
    must carry; empty means any key, None that no key is needed. `takes` are the media types of the body (none: no
    body). `streams` operations read the body themselves. `answers` maps status to the type of the body. `aliases` are
    further paths that are answered the same.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    name: str
    summary: str
    handler: Handler
    scope: str | None
    tag: str
    changes: bool = False
    if_match: bool = False
    for_agency: bool = False
    for_operator: bool = False
    takes: tuple[str, ...] = ()
    body_most: int = 64 * KIB
    body_may_be_empty: bool = False
    streams: bool = False
    query: tuple[QueryField, ...] = ()
    accepts: Any = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    media: str = "application/json"
    aliases: tuple[str, ...] = ()

    @property
    def on_loop(self) -> bool:
        """True when the handler is awaited instead of being run on a thread."""
        return _is_awaited(self.handler)


_is_awaited = lru_cache(maxsize=1_024)(inspect.iscoroutinefunction)
