"""What the server runs: the thin shell in front of both doors."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, cast

from onewindow.api.shared_figures import share_figures
from onewindow.bootstrap import platform

if TYPE_CHECKING:
    from onewindow.api.exchange import Application
    from onewindow.api.shell import Shell

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onewindow.web.settings")


def _application() -> Shell:
    """Imports wait until it is settled where figures are kept and which settings Django reads."""
    share_figures(platform().settings.data_dir)
    from onewindow.api.operations import OPERATIONS
    from onewindow.api.router import Router
    from onewindow.api.shell import Shell
    from onewindow.web.asgi import application as pages

    rate = platform().settings.api_rate
    return Shell(platform(), Router(OPERATIONS), cast("Application", pages), calls_per_second=rate)


application = _application()

# What was made until now lives as long as the process, and a call's values die by their counts: looking through all of
# it for cycles again and again took a tenth of the processor.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
