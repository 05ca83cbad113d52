"""The demonstration's key for a document: its principal's own, or that of a company which may lodge such."""

from __future__ import annotations

import json

import click

from onewindow.bootstrap import platform
from onewindow.cli.day import today
from onewindow.cli.demonstration.key_file import KeyFileError, read_keys
from onewindow.cli.demonstration.people import companies
from onewindow.cli.documents import JSON, Document


def demonstration_key(service: str, document: Document) -> str:
    """A key of the demonstration on this machine. Raises UsageError when there is none."""
    try:
        keys = read_keys(platform().settings.data_dir)
    except KeyFileError as error:
        raise click.UsageError(f"No key: give --key or ONEWINDOW_KEY. {error}") from error
    definition = platform().catalogue.in_force(service, today())
    roles = definition.lodging.by if definition else ()
    principal = _principal(document, definition.lodging.principal if definition else "")
    fitting = [key for key in keys if key["company"] and key["company"] == principal]
    fitting = fitting or [key for key in keys if key["role"] in roles] or [key for key in keys if key["company"]]
    if not fitting:
        raise click.UsageError("No key: give --key or ONEWINDOW_KEY.")
    return fitting[0]["key"]


def _principal(document: Document, item: str) -> str:
    """The company of the demonstration that the document names at `item`; empty for none."""
    if not item or document.media != JSON:
        return ""
    try:
        value = json.loads(document.body)
    except (ValueError, RecursionError):
        return ""  # the door says what is wrong with it
    for name in item.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return next((company.id for company in companies() if company.br == value), "")
