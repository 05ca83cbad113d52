"""The installation's secret: made once, kept closed, never silently replaced."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onewindow.storage.secret import SecretError, installation_secret


def test_the_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    secret = installation_secret(tmp_path / "var")
    assert len(set(secret)) > 8
    assert len(secret) == 32
    assert installation_secret(tmp_path / "var") == secret
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_starts_at_the_same_moment_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(installation_secret, [tmp_path] * 32))) == 1


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    assert installation_secret(tmp_path / "a") != installation_secret(tmp_path / "b")


def test_a_damaged_secret_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    installation_secret(tmp_path)
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(SecretError, match="Restore it from a backup"):
        installation_secret(tmp_path)
    assert (tmp_path / "secret").read_bytes() == b"short"


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    installation_secret(tmp_path)
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(SecretError, match="chmod 600"):
        installation_secret(tmp_path)
