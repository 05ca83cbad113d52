"""`onewindow example`: a document that is accepted today, with a fresh sender's reference."""

from __future__ import annotations

import json
from datetime import date

import click

from onewindow.bootstrap import platform
from onewindow.cli.day import Day, present, today


@click.command()
@click.argument("service")
@click.option("--as-of", type=Day(), default=None, help="The day on which it is accepted; today without it.")
@click.option("--xml", "as_xml", is_flag=True, help="As WCO XML.")
@click.option("--reference", default="", help="The sender's reference; a fresh one without it.")
def example(*, service: str, as_of: date | None, as_xml: bool, reference: str) -> None:
    """Print an example document of SERVICE, which names its service so that `check` and `lodge` need not be told."""
    registry, day = platform().registry_of(service), as_of or today()
    now = None if as_of else present()
    try:
        body = registry.example(service, day, reference, now)
    except KeyError as error:
        raise click.UsageError(
            f"There is no example of “{service}”; “onewindow services” lists the services."
        ) from error
    if as_xml:
        from onewindow.channels.wco_xml_writing import write_document

        definition = registry.definition(service)
        assert definition is not None
        click.echo(write_document(body, definition))
        return
    click.echo(json.dumps({"$service": service, **json.loads(body)}, ensure_ascii=False, indent=2))
