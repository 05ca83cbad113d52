"""The OpenAPI 3.1 document, generated from the table of operations and the types of their bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from onewindow.api.operation import Operation
from onewindow.api.problem import ProblemBody

_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_REFUSALS: Final = {
    "400": "Malformed: unreadable, empty, or without an Idempotency-Key.",
    "401": "No key, or none that is in force.",
    "403": "The key's scope or role does not allow it.",
    "404": "Nothing there for this caller.",
    "413": "Larger than this call takes.",
    "415": "Another media type than this call takes.",
    "422": "Read, checked and refused.",
    "429": "Too many calls; see Retry-After.",
    "503": "Not kept; send it again after Retry-After with the same Idempotency-Key.",
}

Wire = dict[str, Any]


def openapi(operations: Iterable[Operation], version: str) -> Wire:
    """The whole document."""
    table = list(operations)
    types = _types(table)
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, Wire] = {}
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "onewindow",
            "version": version,
            "description": "One window to all services of government. Every changing call takes an Idempotency-Key; "
            "errors are problem details (RFC 9457) with a stable `code`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key."}},
        },
    }


def _types(operations: list[Operation]) -> list[Any]:
    found: list[Any] = [ProblemBody]
    for operation in operations:
        for body in (*operation.answers.values(), operation.accepts):
            if body is not None and not any(body is known for known in found):
                found.append(body)
    return found


def _operation(operation: Operation, schemas: dict[int, Any]) -> Wire:
    wire: Wire = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": _description(operation),
        "tags": [operation.tag],
        "parameters": _parameters(operation),
        "responses": _responses(operation, schemas),
    }
    if operation.scope is None:
        wire["security"] = []
    if operation.takes:
        schema = schemas[id(operation.accepts)] if operation.accepts is not None else {}
        required = not operation.body_may_be_empty
        wire["requestBody"] = {
            "required": required,
            "content": {media: {"schema": schema} for media in operation.takes},
        }
    return wire


def _description(operation: Operation) -> str:
    words = (operation.handler.__doc__ or operation.summary).strip()
    if operation.scope:
        words += f" Scope: `{operation.scope}`."
    if operation.takes:
        words += f" At most {operation.body_most} bytes."
    return words


def _parameters(operation: Operation) -> list[Wire]:
    found: list[Wire] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(operation.path)
    ]
    for field in operation.query:
        found.append({"name": field.name, "in": "query", "description": field.words, "schema": {"type": "string"}})
    if operation.changes:
        words = "New for every new act, the same when it is repeated; kept at least 7 days."
        schema = {"type": "string", "minLength": 1, "maxLength": 200}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": True, "description": words, "schema": schema}
        )
    if operation.if_match:
        words = "The ETag of the version you read."
        found.append(
            {"name": "If-Match", "in": "header", "required": True, "description": words, "schema": {"type": "string"}}
        )
    return found


def _responses(operation: Operation, schemas: dict[int, Any]) -> Wire:
    found: Wire = {}
    for status, body in sorted(operation.answers.items()):
        content = {operation.media: {"schema": schemas[id(body)]}} if body is not None else None
        found[str(status)] = {"description": "Done.", **({"content": content} if content else {})}
    for refusal, words in _REFUSALS.items():
        if _may(operation, refusal):
            problem = {"application/problem+json": {"schema": schemas[id(ProblemBody)]}}
            found[refusal] = {"description": words, "content": problem}
    return found


def _may(operation: Operation, status: str) -> bool:
    if status in ("401", "403", "429"):
        return operation.scope is not None
    if status in ("415", "413"):
        return bool(operation.takes)
    if status == "422":
        return operation.changes
    if status == "404":
        return "{" in operation.path
    return True
