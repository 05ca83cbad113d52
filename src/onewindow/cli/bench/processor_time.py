"""Where the processor's time went: server, database, client. It tells more than a rate does on a busy machine."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from onewindow.cli.bench.installation import Installation


@dataclass(frozen=True, slots=True)
class ProcessorTime:
    """Seconds used."""

    server: float = 0.0
    database: float = 0.0
    client: float = 0.0

    def __add__(self, other: ProcessorTime) -> ProcessorTime:
        return ProcessorTime(self.server + other.server, self.database + other.database, self.client + other.client)

    def __sub__(self, other: ProcessorTime) -> ProcessorTime:
        return ProcessorTime(self.server - other.server, self.database - other.database, self.client - other.client)

    def each(self, requests: int) -> dict[str, float]:
        """Microseconds a request."""
        each = 1e6 / max(1, requests)
        return {
            "server_cpu_us": round(self.server * each, 1),
            "database_cpu_us": round(self.database * each, 1),
            "client_cpu_us": round(self.client * each, 1),
        }


def processor_time(place: Installation) -> ProcessorTime:
    """What the installation's processes and this one have used until now."""
    server = sum(_of_family(child.process.pid) for child in place.children if child.alive)
    postmaster = (place.folder / "postgres" / "cluster" / "postmaster.pid").read_text(encoding="ascii").split()[0]
    return ProcessorTime(server, _of_family(int(postmaster)), _used(psutil.Process()))


def _of_family(pid: int) -> float:
    try:
        parent = psutil.Process(pid)
        return _used(parent) + sum(_used(child) for child in parent.children(recursive=True))
    except psutil.NoSuchProcess:
        return 0.0


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
