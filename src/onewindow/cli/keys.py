"""`onewindow keys`: the demonstration's keys, from a file that only its owner can read."""

from __future__ import annotations

import json

import click

from onewindow.cli.demonstration.key_file import KeyFileError, read_keys
from onewindow.cli.lines import print_json
from onewindow.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def keys(*, as_json: bool) -> None:
    """Print the demonstration's keys; starts nothing."""
    try:
        rows = read_keys(Settings.from_environment().data_dir)
    except (KeyFileError, json.JSONDecodeError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['role']:<24} {row['agency'] or row['company']:<34} {row['key']}")
