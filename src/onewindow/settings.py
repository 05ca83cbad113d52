"""What an installation may set, read from the environment once."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

LOG_LEVELS: Final = ("debug", "info", "warning", "error")
MOST_WORKERS: Final = 64
MOST_CALLS: Final = 1_000_000
YES: Final = ("yes", "true", "on", "1")
NO: Final = ("no", "false", "off", "0")


class SettingsError(Exception):
    """Settings that cannot be used; the message lists every one with its remedy."""

    def __init__(self, faults: list[str]) -> None:
        """Keep the faults, one sentence each."""
        self.faults = tuple(faults)
        super().__init__("\n".join(["These settings cannot be used:", *(f"  {fault}" for fault in faults)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """An installation's choices; `docs/operating.md` says the same in a table; a house test compares."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8000
    """Port of the doors for people and machines."""
    data_dir: Path = Path("var")
    """Folder of everything this installation keeps; absolute once read from the environment."""
    database_url: str | None = field(default=None, repr=False)
    """An outside PostgreSQL, entered as the owner of its database; None for the embedded one."""
    smtp_port: int = 8025
    """Port of the mail door."""
    mail_domain: str = "onewindow.localhost"
    """Domain under which mail is received and sent."""
    mail_url: str | None = field(default=None, repr=False)
    """Where mail goes out: `smtp://…`, `smtps://…`, or `file:` and a folder; None for `data_dir`/mail."""
    clamd: str | None = None
    """Virus scanner: `HOST:PORT` or the path of its socket; None leaves files visibly unscanned."""
    demo: bool = False
    """Whether the demonstration may run, with its made accounts and sign-in by one click."""
    workers: int = 2
    """Server processes."""
    log_level: str = "info"
    """Least level that is logged."""
    api_rate: int = 10_000
    """Calls a second that one key may make in each server process."""
    services_dir: Path | None = None
    """Folder of further services, beside the project's own; None for none."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings that the environment states; an empty variable counts as not set.

        Raises `SettingsError` with every fault at once.
        """
        stated = os.environ if environ is None else environ
        values: dict[str, Any] = {"data_dir": Path("var").absolute()}
        faults: list[str] = []
        for variable, (name, read) in VARIABLES.items():
            if text := stated.get(variable, "").strip():
                try:
                    values[name] = read(text)
                except ValueError as fault:
                    faults.append(f"{variable}: {fault}")
        if faults:
            raise SettingsError(faults)
        return cls(**values)


def _host(text: str) -> str:
    if any(character.isspace() or character in "/:@" for character in text) and not _is_ipv6(text):
        raise ValueError(
            f"“{text}” is not an address to listen on; give one such as 127.0.0.1 or 0.0.0.0, without a port."
        )
    return text


def _is_ipv6(text: str) -> bool:
    return text.count(":") >= 2 and set(text) <= set("0123456789abcdefABCDEF:.")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValueError(f"“{text}” is not a port; give a number from 1 to 65535.")
    return int(text)


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError(f"“{text}” is a file; name a folder, which is made if it does not exist.")
    return path


def _database_url(text: str) -> str:
    address = urlsplit(text)
    if address.scheme not in ("postgresql", "postgres") or not address.path.strip("/"):
        # The text may hold a password, so it is not repeated.
        raise ValueError("this is not the address of a database; write postgresql://USER:PASSWORD@HOST:PORT/DATABASE.")
    return text


def _domain(text: str) -> str:
    labels = text.lower().split(".")
    if not all(label and len(label) <= 63 and label.replace("-", "a").isalnum() for label in labels):
        raise ValueError(f"“{text}” is not a domain; write it without user or @, as in window.example.org.")
    return ".".join(labels)


def _mail_url(text: str) -> str:
    address = urlsplit(text)
    if (address.scheme in ("smtp", "smtps") and address.hostname) or (address.scheme == "file" and address.path):
        return text
    raise ValueError("this is no way out for mail; write smtp://USER:PASSWORD@HOST:PORT, smtps://… or file:FOLDER.")


def _scanner(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text.startswith("/") or (host and colon and port.isdigit()):
        return text
    raise ValueError(
        f"“{text}” is not a scanner; write HOST:PORT or the path of its socket, which starts with a slash."
    )


def _yes_or_no(text: str) -> bool:
    if text.lower() in (*YES, *NO):
        return text.lower() in YES
    raise ValueError(f"“{text}” is neither yes nor no; write one of the two.")


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_WORKERS):
        raise ValueError(f"“{text}” is not a number of processes; give one from 1 to {MOST_WORKERS}.")
    return int(text)


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"“{text}” is not a level; choose one of {', '.join(LOG_LEVELS)}.")
    return text.lower()


def _api_rate(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_CALLS):
        raise ValueError(f"“{text}” is not a number of calls a second; give one from 1 to {MOST_CALLS}.")
    return int(text)


VARIABLES: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "HOST": ("host", _host),
    "PORT": ("port", _port),
    "DATA_DIR": ("data_dir", _folder),
    "DATABASE_URL": ("database_url", _database_url),
    "SMTP_PORT": ("smtp_port", _port),
    "MAIL_DOMAIN": ("mail_domain", _domain),
    "MAIL_URL": ("mail_url", _mail_url),
    "CLAMD": ("clamd", _scanner),
    "ONEWINDOW_DEMO": ("demo", _yes_or_no),
    "WORKERS": ("workers", _workers),
    "LOG_LEVEL": ("log_level", _log_level),
    "API_RATE": ("api_rate", _api_rate),
    "SERVICES_DIR": ("services_dir", _folder),
}
"""Each environment variable, the setting it fills and how its text is read."""
