"""What the server runs: the thin shell in front of both doors."""

from __future__ import annotations

import gc
import os
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onewindow.web.settings")

from onewindow.api.exchange import Application
from onewindow.api.operations import OPERATIONS
from onewindow.api.router import Router
from onewindow.api.shell import Shell
from onewindow.bootstrap import platform
from onewindow.web.asgi import application as pages

application = Shell(
    platform(), Router(OPERATIONS), cast("Application", pages), calls_per_second=platform().settings.api_rate
)

# What was made until now lives as long as the process, and a call's values die by their counts: looking through all of
# it for cycles again and again took a tenth of the processor.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
