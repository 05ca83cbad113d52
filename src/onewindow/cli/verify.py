"""`onewindow verify`: recomputes the journal and names the first link that is broken or missing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs
from onewindow.cli.progress import Progress

WHOLE, BROKEN = 0, 1


@click.command()
@click.option("--anchors", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Anchors kept elsewhere.")
def verify(anchors: Path | None) -> None:
    """Recompute every submission's chain, every lane's positions and every anchored range.

    Definitions that documents were lodged under must be there too.

    Exit status: 0 whole, 1 broken.
    """
    logs.configure(platform().settings.log_level, "verify")
    with platform().database_running():
        sys.exit(WHOLE if verify_all(anchors) else BROKEN)


def verify_all(anchors: Path | None) -> bool:
    """True when all is whole; says what was found on standard output. Without `anchors` those beside the data count."""
    from onewindow.storage.anchors import FILE
    from onewindow.storage.integrity import recompute

    own = platform().settings.data_dir / FILE
    file = anchors or (own if own.exists() else None)
    progress = Progress("events verified")
    try:
        report = recompute(platform().owner_dsn, platform().signer, file, progress=progress.advance)
    except ValueError as unreadable:
        raise click.ClickException(str(unreadable)) from unreadable
    progress.finish()
    for fault in report.faults:
        click.echo(f"Broken: {fault}")
    gone = _versions_gone(report.lodged_under)
    for words in gone:
        click.echo(f"Broken: {words}")
    whole = report.whole and not gone
    if whole:
        click.echo(
            f"Whole: {report.submissions} submissions, {report.events} events, {report.anchors} anchored ranges."
        )
    return whole


def _versions_gone(lodged_under: Iterable[tuple[str, str]]) -> list[str]:
    """What to say of definitions that documents were lodged under and that are not kept any more."""
    catalogue = platform().catalogue
    gone = sorted(one for one in lodged_under if catalogue.version(*one) is None)
    return [str(catalogue.without(one)) for one in gone]
