"""`onewindow backup`: a consistent copy while everything runs."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import click

from onewindow.bootstrap import platform

MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files"
LEFT_OUT = frozenset({"postgres", "metrics", "static"})
"""Folders of DATA_DIR that are the running server's own, or made anew."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Copy the database and the data folder's files into DIR, which must be new or empty."""
    from onewindow.storage.dumping import DumpError, dump

    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty; name a new folder for each backup.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    data_dir = platform().settings.data_dir
    with platform().database_running():
        # Files first: an anchor file that is older than the dump can be verified against it, a newer one could not.
        copy_files(data_dir, folder / FILES)
        try:
            dump(platform().owner_dsn, data_dir, folder / DUMP)
        except DumpError as error:
            raise click.ClickException(str(error)) from error
    _write_manifest(folder)
    click.echo(f"{folder}: {sum(path.stat().st_size for path in folder.rglob('*') if path.is_file())} bytes", err=True)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a backup but its manifest, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as file:
                digest = sha256()
                while piece := file.read(1 << 20):
                    digest.update(piece)
            found[path.relative_to(folder).as_posix()] = digest.hexdigest()
    return found


def copy_files(data_dir: Path, into: Path) -> None:
    """Copy a folder in use. Names that begin with a dot are left out: they are drafts, renamed once they are whole."""
    into.mkdir(mode=0o700)
    for path in sorted(data_dir.iterdir()):
        if path.name in LEFT_OUT or path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, into / path.name, ignore=shutil.ignore_patterns(".*"))
        elif path.is_file():
            shutil.copy2(path, into / path.name)


def _write_manifest(folder: Path) -> None:
    """Last, so that a backup without one is known to be unfinished."""
    manifest = {"made": datetime.now(UTC).isoformat(), "version": version("onewindow"), "files": digests(folder)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
