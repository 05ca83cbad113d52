"""`onewindow example`: a document that is accepted today, with a fresh sender's reference."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import click

from onewindow.bootstrap import platform
from onewindow.cli.day import Day, present, today


@click.command()
@click.argument("service", default="")
@click.option("--as-of", type=Day(), default=None, help="The day on which it is accepted; today without it.")
@click.option("--xml", "as_xml", is_flag=True, help="As WCO XML.")
@click.option("--all", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write those of all services.")
@click.option("--reference", default="", help="The sender's reference; a fresh one without it.")
def example(*, service: str, as_of: date | None, as_xml: bool, folder: Path | None, reference: str) -> None:
    """Print an example document of SERVICE, which names its service so that `check` and `lodge` need not be told."""
    if folder is not None:
        _write_all(folder, as_of or today())
        return
    registry, day = platform().registry_of(service), as_of or today()
    now = None if as_of else present()
    definition = registry.catalogue.in_force(service, day)
    if definition is None:
        raise _no_example(service)
    try:
        body = registry.example(definition, day, reference, now)
    except LookupError as error:
        raise _no_example(service) from error
    if as_xml:
        from onewindow.channels.wco_xml_writing import write_document

        click.echo(write_document(body, definition))
        return
    click.echo(json.dumps({"$service": service, **json.loads(body)}, ensure_ascii=False, indent=2))


def _no_example(service: str) -> click.UsageError:
    return click.UsageError(f"There is no example of “{service}”; “onewindow services” lists the services.")


def _write_all(folder: Path, day: date) -> None:
    """Write every example anew, and the day into the folder's README."""
    from onewindow.cli.example_files import example_files

    for name, text in example_files(platform().registry, day).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    readme = folder / "README.md"
    if readme.exists():
        written = re.sub(r"accepted from \d{4}-\d\d-\d\d on", f"accepted from {day} on", readme.read_text("utf-8"))
        readme.write_text(written, encoding="utf-8")
