"""`onewindow services`: the catalogue."""

from __future__ import annotations

import click

from onewindow.bootstrap import platform
from onewindow.cli.day import today
from onewindow.cli.lines import print_json
from onewindow.definitions.model import Definition


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def services(*, as_json: bool) -> None:
    """List the services."""
    rows = [_row(definition) for definition in platform().catalogue.services()]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['id']:<36} {row['family']:<14} {row['agency']:<9} "
            f"{row['items']:>4} items {row['rules']:>4} rules   {row['titles']['en']}"  # type: ignore[index]
        )


def _row(definition: Definition) -> dict[str, object]:
    transactions = platform().catalogue.transactions(definition.id)
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
