"""`onewindow bench`: measures one thing with a database and a server of its own, and cleans up after itself."""

from __future__ import annotations

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
@click.argument("name", type=click.Choice(list(BENCHES)))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line.")
@click.option("--seconds", type=click.FloatRange(min=0.5), default=None, help="How long to measure.")
@click.option("--workers", type=click.IntRange(min=1, max=64), default=2, help="Server processes.")
def bench(*, name: str, as_json: bool, seconds: float | None, workers: int) -> None:
    """Run the benchmark NAME."""
    measure = import_module(f"onewindow.cli.bench.{name}").measure
    figure: Figure = measure(seconds=seconds, workers=workers)
    if as_json:
        print_json(figure.as_dict())
        return
    ratio = "" if figure.ratio is None else f", ratio {figure.ratio:.2f}"
    click.echo(f"{figure.bench}: {figure.value:,.1f} {figure.unit}{ratio}")
    for key, value in figure.as_dict()["details"].items():  # type: ignore[attr-defined]
        click.echo(f"  {key}: {value}")
