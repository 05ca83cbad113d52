"""The database in a file and back, by PostgreSQL's own programs: consistent while everything runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from onewindow.storage.postgres_home import open_home

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}


class DumpError(Exception):
    """PostgreSQL's program refused; the message is its own."""


def dump(owner_dsn: str, data_dir: Path, file: Path) -> None:
    """Write the database, as of one instant, to `file` in PostgreSQL's custom format. Raises DumpError."""
    _run(owner_dsn, data_dir, "pg_dump", "--format=custom", "--compress=gzip:1", "--no-owner", f"--file={file}")


def load(owner_dsn: str, data_dir: Path, file: Path) -> None:
    """Fill the empty database at `owner_dsn` from `file`; its roles must be there already. Raises DumpError."""
    options = ("--no-owner", "--exit-on-error", "--single-transaction")
    _run(owner_dsn, data_dir, "pg_restore", *options, f"--dbname={_parts(owner_dsn)['dbname']}", str(file))


def _run(owner_dsn: str, data_dir: Path, program: str, *arguments: str) -> None:
    """The connection goes by the environment, which others on the machine cannot read."""
    environment = {_VARIABLES[name]: value for name, value in _parts(owner_dsn).items() if name in _VARIABLES}
    ran = subprocess.run(
        [str(open_home(data_dir).programs / program), *arguments],
        env={"PATH": os.defpath, "LC_ALL": "C", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise DumpError(f"{program} said: {ran.stderr.strip()}")


def _parts(dsn: str) -> dict[str, str]:
    return {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
