"""`onewindow codes`: effective-dated code lists."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from onewindow.bootstrap import platform
from onewindow.cli.lines import print_json
from onewindow.definitions.codes import CodeList, read_list
from onewindow.definitions.errors import DefinitionError


@click.group()
def codes() -> None:
    """List and import code lists."""


@codes.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_lists(*, as_json: bool) -> None:
    """List every code list with its number of entries, and whether it was imported."""
    imported = platform().codes_folder
    for name, entries in sorted(platform().catalogue.vocabulary.lists.items()):
        row = {"list": name, "entries": len(entries.entries), "imported": (imported / f"{name}.csv").exists()}
        if as_json:
            print_json(row)
        else:
            click.echo(f"{name:<28} {row['entries']:>7}{'  imported' if row['imported'] else ''}")


@codes.command("import")
@click.argument("name", metavar="LIST")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_list(name: str, file: Path) -> None:
    """Take FILE as the code list LIST from now on; the columns are code,from,to,en,zh-Hant,zh-Hans and any further."""
    known = platform().catalogue.vocabulary.lists
    if name not in known:
        raise click.UsageError(f"No service uses a list “{name}”; “onewindow codes list” shows them.")
    try:
        fresh = read_list(file, str(file))
    except DefinitionError as error:
        raise click.UsageError(str(error)) from error
    _refuse_lost_columns(known[name], fresh)
    folder = platform().codes_folder
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}.csv.new"
    shutil.copyfile(file, unfinished)
    unfinished.replace(folder / f"{name}.csv")
    click.echo(f"{name}: {len(fresh.entries)} entries, in force when the servers start again.")


def _refuse_lost_columns(known: CodeList, fresh: CodeList) -> None:
    """Rules read further columns; a list without them would silently pass nothing."""
    wanted = {column for entry in known.entries for column, _ in entry.more}
    given = {column for entry in fresh.entries for column, _ in entry.more}
    if lost := sorted(wanted - given):
        raise click.UsageError(f"The list has no column {', '.join(lost)}, which rules read; add it to the header.")
