"""`onewindow restore`: a backup into a new data folder, verified before anything is served from it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from onewindow.bootstrap import platform
from onewindow.cli.backup import DUMP, FILES, MANIFEST, digests
from onewindow.cli.verify import verify_all


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Restore the backup in DIR into DATA_DIR, which must be new or empty, and verify it.

    Exit status: 0 restored and whole, 1 broken: do not serve from it.
    """
    _refuse_damaged(folder)
    data_dir = platform().settings.data_dir
    if data_dir.exists() and any(data_dir.iterdir()):
        raise click.UsageError(f"{data_dir} is not empty; name a new folder with DATA_DIR.")
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    shutil.copytree(folder / FILES, data_dir, dirs_exist_ok=True)
    with platform().database_running():
        _load(folder / DUMP)
        whole = verify_all(anchors=None)
    if not whole:
        click.echo(f"{data_dir} does not verify; do not serve from it.", err=True)
        sys.exit(1)
    click.echo(f"Restored into {data_dir} and verified.", err=True)


def _refuse_damaged(folder: Path) -> None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{folder} has no readable {MANIFEST}: this backup was not finished.") from error
    present = digests(folder)
    for path, digest in manifest["files"].items():
        if present.get(path) != digest:
            raise click.ClickException(f"{folder / path} is not what was backed up; take another backup.")


def _load(file: Path) -> None:
    from onewindow.storage.dumping import DumpError, load
    from onewindow.storage.migrate import make_roles

    make_roles(platform().owner_dsn, platform().secret)
    try:
        load(platform().owner_dsn, platform().settings.data_dir, file)
    except DumpError as error:
        raise click.ClickException(str(error)) from error
    platform().migrate()
