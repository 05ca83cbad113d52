"""`onewindow bench`: measures one thing with a database and a server of its own, and cleans up after itself."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import click

from onewindow.cli.bench.figure import Figure
from onewindow.cli.lines import print_json

BENCHES = {
    "check": "verdicts a second on one core",
    "lodge": "documents a second, one a request, durable before the answer",
    "batch": "documents a second in NDJSON batches, durable",
    "worklist": "an officer's work list with a million open tasks",
    "follow": "events a second from the journal to tasks, while batches run",
}


@click.command(epilog="; ".join(f"{name}: {what}" for name, what in BENCHES.items()))
@click.argument("name", type=click.Choice([*BENCHES, "all"]))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line.")
@click.option("--seconds", type=click.FloatRange(min=0.5), default=None, help="How long to measure.")
@click.option("--workers", type=click.IntRange(min=1, max=64), default=None, help="Server processes.")
def bench(*, name: str, as_json: bool, seconds: float | None, workers: int | None) -> None:
    """Run the benchmark NAME; `all` runs one after the other."""
    if name == "all":
        for one in BENCHES:
            # Each in a process of its own: it makes and removes an installation.
            command = [sys.executable, "-m", "onewindow.cli", "bench", one, *(["--json"] if as_json else [])]
            subprocess.run(command, check=True)
        return
    module = import_module(f"onewindow.cli.bench.{name}")
    _show(module.measure(seconds=seconds, workers=workers or module.WORKERS), as_json=as_json)


def _show(figure: Figure, *, as_json: bool) -> None:
    if as_json:
        print_json(figure.as_dict())
        return
    ratio = "" if figure.ratio is None else f", ratio {figure.ratio:.2f}"
    click.echo(f"{figure.bench}: {figure.value:,.1f} {figure.unit}{ratio}")
    for key, value in figure.as_dict()["details"].items():  # type: ignore[attr-defined]
        click.echo(f"  {key}: {value}")
