"""`onewindow services`: the catalogue."""

from __future__ import annotations

from pathlib import Path

import click

from onewindow.bootstrap import platform
from onewindow.cli.catalogue_pages import catalogue_pages, differences
from onewindow.cli.day import today
from onewindow.cli.lines import print_json
from onewindow.definitions.catalogue import load_catalogue
from onewindow.definitions.model import Definition

PAGES = Path("docs/catalogue")
"""Below the project's folder, where `make` runs."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.option("--catalogue", is_flag=True, help="Write docs/catalogue from the project's own services.")
@click.option("--check", is_flag=True, help="With --catalogue: write nothing; exit status 1 when it is stale.")
def services(*, as_json: bool, catalogue: bool, check: bool) -> None:
    """List the services."""
    if catalogue:
        _check_pages() if check else _write_pages()
        return
    rows = [_row(definition) for definition in platform().catalogue.services_on(today())]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['id']:<36} {row['family']:<14} {row['agency']:<9} "
            f"{row['items']:>4} items {row['rules']:>4} rules   {row['titles']['en']}"  # type: ignore[index]
        )


def _row(definition: Definition) -> dict[str, object]:
    transactions = platform().catalogue.transactions(definition)
    return {
        "id": definition.id,
        "family": definition.family,
        "agency": definition.agency,
        "version": definition.version,
        "items": len(definition.leaves()),
        "rules": len({rule.code for one in transactions for rule in one.rules if rule.valid.covers(today())}),
        "stages": len(definition.stages),
        "pledges": sum(len(stage.clocks) for stage in definition.stages),
        "titles": definition.title.as_dict(),
    }


def _write_pages() -> None:
    pages = catalogue_pages(load_catalogue())
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in differences(pages, _pages_found()):
        if name in pages:
            (PAGES / name).write_text(pages[name], encoding="utf-8")
        else:
            (PAGES / name).unlink()
    click.echo(f"{PAGES}: {len(pages)} pages")


def _check_pages() -> None:
    if stale := differences(catalogue_pages(load_catalogue()), _pages_found()):
        click.echo(f"{PAGES} is stale ({', '.join(stale)}): run make catalogue", err=True)
        raise SystemExit(1)


def _pages_found() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
