"""Settings: read once, every fault told together, with its remedy."""

from pathlib import Path

import pytest

from onewindow.settings import Settings, SettingsError


def test_an_empty_environment_gives_an_installation_that_only_this_machine_can_reach() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8000, False)
    assert settings.database_url is None
    assert settings.data_dir == Path("var").absolute()


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"PORT": "", "DATABASE_URL": " "}) == Settings.from_environment({})


def test_what_the_environment_states_is_what_counts(tmp_path: Path) -> None:
    stated = {
        "HOST": "0.0.0.0",
        "PORT": "9000",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://owner:word@db.internal:5432/window",
        "SMTP_PORT": "2525",
        "MAIL_DOMAIN": "Window.Example.org",
        "MAIL_URL": "smtp://mail.internal:25",
        "CLAMD": "127.0.0.1:3310",
        "ONEWINDOW_DEMO": "yes",
        "WORKERS": "4",
        "LOG_LEVEL": "Warning",
        "API_RATE": "50",
        "SERVICES_DIR": str(tmp_path),
    }
    assert Settings.from_environment(stated) == Settings(
        host="0.0.0.0",
        port=9000,
        data_dir=tmp_path,
        database_url="postgresql://owner:word@db.internal:5432/window",
        smtp_port=2525,
        mail_domain="window.example.org",
        mail_url="smtp://mail.internal:25",
        clamd="127.0.0.1:3310",
        demo=True,
        workers=4,
        log_level="warning",
        api_rate=50,
        services_dir=tmp_path,
    )


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("HOST", "http://localhost"),
        ("HOST", "localhost:80"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("PORT", "８０００"),
        ("DATABASE_URL", "mysql://db/window"),
        ("DATABASE_URL", "postgresql://db"),
        ("SMTP_PORT", "-1"),
        ("MAIL_DOMAIN", "someone@example.org"),
        ("MAIL_DOMAIN", "example..org"),
        ("MAIL_URL", "mail.internal"),
        ("CLAMD", "localhost"),
        ("ONEWINDOW_DEMO", "maybe"),
        ("WORKERS", "0"),
        ("WORKERS", "1000"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=rf"\n  {variable}: "):
        Settings.from_environment({variable: text})


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"DATA_DIR: .*name a folder"):
        Settings.from_environment({"DATA_DIR": str(tmp_path / "file")})


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"PORT": "x", "WORKERS": "x", "LOG_LEVEL": "x"})
    assert len(refused.value.faults) == 3


def test_a_password_is_neither_repeated_in_a_fault_nor_shown_with_the_settings() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"DATABASE_URL": "mysql://owner:hush@db/window"})
    assert "hush" not in str(refused.value)
    assert "hush" not in repr(Settings.from_environment({"DATABASE_URL": "postgresql://owner:hush@db/window"}))
