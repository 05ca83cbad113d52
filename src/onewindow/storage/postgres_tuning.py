"""The settings of the embedded PostgreSQL: durable always, sized by the machine it finds itself on."""

import os
import shutil
from pathlib import Path

MIB = 1024 * 1024
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "wal_level": "replica"}
"""An acknowledged document is on disk. Nothing here is ever traded for speed."""


def settings_for(home: Path, *, port: int, socket_folder: Path | None) -> dict[str, str]:
    """Every setting of a server that lives in `home`, by its PostgreSQL name."""
    return DURABLE | listening(port=port, socket_folder=socket_folder) | sized(home) | habits(home)


def listening(*, port: int, socket_folder: Path | None) -> dict[str, str]:
    """Loopback only; the world comes through onewindow."""
    return {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "" if socket_folder is None else str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "password_encryption": "scram-sha-256",
    }


def sized(home: Path) -> dict[str, str]:
    """Memory and write-ahead log by what there is.

    An eighth of the memory is what bulk loading profits from; beyond 3 GiB it does not. A long log between checkpoints
    saves writing each page whole again and again, but must leave the disk to the data.
    """
    memory = memory_bytes() // MIB
    disk = shutil.disk_usage(home).free // MIB
    return {
        "shared_buffers": f"{between(memory // 8, 128, 3072)}MB",
        "effective_cache_size": f"{between(memory // 2, 256, 65536)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{between(memory // 32, 64, 512)}MB",
        "wal_buffers": "32MB",
        "min_wal_size": f"{between(disk // 40, 80, 1024)}MB",
        "max_wal_size": f"{between(disk // 10, 160, 8192)}MB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "max_parallel_workers_per_gather": str(between((os.cpu_count() or 1) // 2, 0, 4)),
        "jit": "off",
    }


def habits(home: Path) -> dict[str, str]:
    """Time, language and logs; a log file per weekday, overwritten a week later, so they never fill the disk."""
    return {
        "timezone": "UTC",
        "log_timezone": "UTC",
        "datestyle": "ISO, YMD",
        "lc_messages": "C",
        "logging_collector": "on",
        "log_directory": str(home / "log"),
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_checkpoints": "off",
        "log_lock_waits": "on",
    }


def rendered(settings: dict[str, str]) -> str:
    """The text of a `postgresql.conf`."""
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return "\n".join(["# Written at every start. Change settings with ALTER SYSTEM, which wins over this.", *lines, ""])


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or its container's where that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def between(value: int, least: int, most: int) -> int:
    """`value`, or the nearer bound."""
    return max(least, min(value, most))
