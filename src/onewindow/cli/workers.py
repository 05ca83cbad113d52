"""Server processes: forked from one that is ready, so that they share what it made, and replaced when they die."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import structlog

from onewindow.cli.processes import ends_with_its_parent
from onewindow.cli.stopping import SIGNALS, Stopped, unwind_when_told

DRAIN_S = 10.0
"""How long a worker may take to finish what is on its way."""
RESPAWN_S = 0.5

log = structlog.get_logger(__name__)


def keep_working(work: Callable[[], None], many: int) -> None:
    """Run `work` in `many` processes until a signal to stop; each is asked by SIGTERM and has `DRAIN_S` to end."""
    workers: list[BaseProcess] = []
    try:
        unwind_when_told()
        while True:
            while len(workers) < many:
                workers.append(_forked(work))
            wait([worker.sentinel for worker in workers])
            workers = _living(workers)
            time.sleep(RESPAWN_S)
    except Stopped:
        log.info("workers_stopping", workers=len(workers))
    finally:
        _end(workers)


def _forked(work: Callable[[], None]) -> BaseProcess:
    worker = get_context("fork").Process(target=_be_a_worker, args=(work,))
    worker.start()
    return worker


def _be_a_worker(work: Callable[[], None]) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    # A worker does not outlive a server that was killed; one still starting would lose a gentler signal.
    if bind := ends_with_its_parent(signal.SIGKILL):
        bind()
    work()


def _living(workers: list[BaseProcess]) -> list[BaseProcess]:
    for worker in workers:
        if not worker.is_alive():
            log.warning("worker_ended", pid=worker.pid, status=worker.exitcode)
    return [worker for worker in workers if worker.is_alive()]


def _end(workers: list[BaseProcess]) -> None:
    for worker in workers:
        worker.terminate()
    until = time.monotonic() + DRAIN_S
    for worker in workers:
        worker.join(max(0.1, until - time.monotonic()))
        if worker.is_alive():
            log.warning("worker_killed", pid=worker.pid)
            worker.kill()
            worker.join()
