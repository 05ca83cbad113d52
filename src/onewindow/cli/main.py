"""The entry of the command line. Commands are imported only when asked for, so that each starts at once."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "services": "onewindow.cli.services:services",
    "check": "onewindow.cli.check:check",
    "example": "onewindow.cli.example:example",
    "explain": "onewindow.cli.explain:explain",
    "codes": "onewindow.cli.codes:codes",
    "closures": "onewindow.cli.closures:closures",
    "lodge": "onewindow.cli.lodge:lodge",
    "run": "onewindow.cli.run:run",
    "serve": "onewindow.cli.serve:serve",
    "migrate": "onewindow.cli.migrate:migrate",
    "demo": "onewindow.cli.demo:demo",
    "follow": "onewindow.cli.follow:follow",
    "rebuild": "onewindow.cli.rebuild:rebuild",
    "keys": "onewindow.cli.keys:keys",
    "verify": "onewindow.cli.verify:verify",
    "erase": "onewindow.cli.erase:erase",
    "backup": "onewindow.cli.backup:backup",
    "restore": "onewindow.cli.restore:restore",
    "bench": "onewindow.cli.bench.command:bench",
}


class Commands(click.Group):
    """A group whose commands live in modules of their own, imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what stops every command is told in words, not as a traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not isinstance(error, _told()):
                raise
            raise CouldNotRun(str(error)) from error


class CouldNotRun(click.ClickException):
    """Something outside the documents: settings, definitions, the database."""

    exit_code = 2


def _told() -> tuple[type[Exception], ...]:
    """Errors whose messages are written for the person at the terminal. Imported only once something went wrong."""
    from onewindow.definitions.errors import BrokenDefinitions, DefinitionError
    from onewindow.settings import SettingsError
    from onewindow.storage.migrate import SchemaChanged
    from onewindow.storage.postgres_home import EmbeddedServerError
    from onewindow.storage.secret import SecretError

    return BrokenDefinitions, DefinitionError, SettingsError, SchemaChanged, EmbeddedServerError, SecretError


@click.command(cls=Commands)
@click.version_option(package_name="onewindow")
def main() -> None:
    """One window to all services of government."""
