"""`onewindow check`: a dry run, without server and without database."""

from __future__ import annotations

import sys
from datetime import date

import click

from onewindow.bootstrap import platform
from onewindow.cli.day import Day
from onewindow.cli.documents import documents
from onewindow.cli.lines import print_json
from onewindow.cli.progress import Progress
from onewindow.cli.verdicts import Judge, Line

ALL_ACCEPTED, SOME_REFUSED, COULD_NOT_RUN = 0, 1, 2


@click.command()
@click.option("--service", default="", help="The service's id; without it the document names it ($service).")
@click.option("--as-of", type=Day(), default=None, help="The day whose law applies; today in Hong Kong without it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--language", type=click.Choice(["en", "zh-Hant", "zh-Hans"]), default="en", help="Of the findings.")
@click.argument("files", nargs=-1, required=True)
def check(*, service: str, as_of: date | None, as_json: bool, language: str, files: tuple[str, ...]) -> None:
    """Check documents; FILE is .json, .xml, .csv or .ndjson, or - for standard input.

    Exit status: 0 all accepted, 1 some refused, 2 could not run.
    """
    if service and service not in platform().registry_of(service).catalogue.newest:
        raise click.UsageError(f"There is no service “{service}”; “onewindow services” lists them.")
    judge = Judge(platform(), service=service, as_of=as_of)
    status = ALL_ACCEPTED
    progress = Progress("checked")
    for line in (line for name in files for document in documents(name) for line in judge.lines(document)):
        status = max(status, _status(line))
        if as_json:
            print_json(line.as_dict())
        else:
            _print(line, language)
        progress.advance()
    progress.finish()
    sys.exit(status)


def _status(line: Line) -> int:
    if line.could_not_run:
        return COULD_NOT_RUN
    return ALL_ACCEPTED if line.verdict.accepted else SOME_REFUSED


def _print(line: Line, language: str) -> None:
    outcome = "accepted" if line.verdict.accepted else "refused"
    click.echo(f"{line.file}#{line.index} {line.service or '-'}: {outcome}")
    for finding in line.verdict.findings:
        click.echo(f"  {finding.code} {finding.pointer or '/'}  {finding.message.of(language)}")
        if remedy := finding.remedy.of(language):
            click.echo(f"    → {remedy}")
    if line.verdict.not_checked:
        click.echo(f"  not checked here: {', '.join(line.verdict.not_checked)}")
