"""The only wiring: gives the doors the use cases with their ports filled.

Everything is made when first asked for, so that a command that needs no database never imports a driver.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from onewindow.settings import Settings

if TYPE_CHECKING:
    from onewindow.engine.registry import Registry


class Platform:
    """One process's parts, made from its settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def registry(self) -> Registry:
        """Every service, compiled. Raises DefinitionError with file, line and cure."""
        from onewindow.definitions.catalogue import load_catalogue
        from onewindow.engine.registry import Registry

        return Registry(load_catalogue())


@lru_cache(maxsize=1)
def platform() -> Platform:
    """This process's platform, from the environment."""
    return Platform(Settings.from_environment())
