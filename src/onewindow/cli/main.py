"""The entry of the command line."""

import click


@click.group()
@click.version_option(package_name="onewindow")
def main() -> None:
    """One window to all services of government."""
