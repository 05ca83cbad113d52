"""The installation's secret: random bytes that key every keyed hash, made once and kept beside the data."""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

SECRET_BYTES: Final = 32


class SecretError(Exception):
    """The secret cannot be used; the message says why and what to do."""


def installation_secret(data_dir: Path) -> bytes:
    """The 32 bytes of `data_dir`/secret, made at the first start; processes that start together agree on one.

    Lanes and references depend on it, so it belongs into every backup. Raises `SecretError` when the file was damaged
    or others can read it.
    """
    path = data_dir / "secret"
    if not path.exists():
        _make(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretError(f"Others can read {path}. Close it (chmod 600 {path}) and ask yourself who has read it.")
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise SecretError(
            f"{path} is damaged: {len(secret)} bytes instead of {SECRET_BYTES}. Restore it from a backup."
        )
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = path.with_name(f".secret.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where a rename would replace the secret that another process has made meanwhile.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
