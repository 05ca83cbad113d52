"""A backup is taken while others write: what is whole is in it, what is not yet whole does not trouble it."""

from __future__ import annotations

import threading
from email.message import EmailMessage
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from onewindow.cli.backup import copy_files
from onewindow.followers.mail import FolderPost

COPIES = 30
MAILS = 50


def mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "IMP-0001"
    message.set_content("Received.\n" * 200)
    return message


def test_mails_that_are_written_meanwhile_do_not_end_a_backup(tmp_path: Path) -> None:
    data, over, letter = tmp_path / "data", threading.Event(), mail()
    deliveries = [uuid4() for _ in range(MAILS)]
    (data / "mail").mkdir(parents=True)
    FolderPost(data / "mail").send(letter, deliveries[0])

    def write() -> None:
        for delivery in cycle(deliveries):
            if over.is_set():
                return
            FolderPost(data / "mail").send(letter, delivery)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(COPIES):
            copy_files(data, tmp_path / str(number))
            assert (tmp_path / str(number) / "mail" / f"{deliveries[0]}.eml").read_bytes() == letter.as_bytes()
    finally:
        over.set()
        writer.join()


def test_a_draft_is_no_part_of_a_backup(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "codes").mkdir(parents=True)
    for name in ("secret", ".secret.17", "codes/ports.csv", "codes/.ports.csv"):
        (data / name).write_text("whole or not", encoding="utf-8")
    copy_files(data, tmp_path / "copy")
    copied = sorted(path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*"))
    assert copied == ["codes", "codes/ports.csv", "secret"]
