"""One set of figures for all processes of a server: each writes its own into a folder that all can read.

To be called before `prometheus_client` is imported, since that decides at import where figures are kept.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def share_figures(data_dir: Path) -> None:
    """Use the folder of this server (named after the process that started its workers); clear those of servers gone."""
    server = os.getppid()
    metrics = data_dir / "metrics"
    folder = metrics / str(server)
    folder.mkdir(parents=True, exist_ok=True)
    for other in metrics.iterdir():
        if not _is_running(other.name):
            shutil.rmtree(other, ignore_errors=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _is_running(name: str) -> bool:
    try:
        os.kill(int(name), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
