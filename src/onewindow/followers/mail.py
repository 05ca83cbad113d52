"""Sends one notice by mail: through SMTP, or into a folder where nothing else is set up."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

_TIMEOUT_SECONDS = 20.0


class MailBody(msgspec.Struct, frozen=True):
    """What a mail delivery carries."""

    subject: str
    text: str


class Post(Protocol):
    """A way out for mail. Raises OSError and smtplib.SMTPException."""

    def send(self, message: EmailMessage, delivery: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class FolderPost:
    """Each mail a file named after its delivery, so that a repeat writes the same one."""

    folder: Path

    def send(self, message: EmailMessage, delivery: UUID) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{delivery}"
        draft.write_bytes(message.as_bytes())
        draft.replace(self.folder / f"{delivery}.eml")


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """A mail server; `smtps` from the first byte, otherwise STARTTLS where it is offered."""

    url: str

    def send(self, message: EmailMessage, delivery: UUID) -> None:  # noqa: ARG002 - its id is the Message-ID
        address = urlsplit(self.url)
        host, context = address.hostname or "localhost", ssl.create_default_context()
        if address.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, address.port or 465, timeout=_TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, address.port or 25, timeout=_TIMEOUT_SECONDS)
        with server:
            if address.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            server.send_message(message)


def post_of(mail_url: str | None, default_folder: Path) -> Post:
    """The way out that the settings name: `smtp://…`, `smtps://…`, `file:FOLDER`, or the default folder."""
    if not mail_url:
        return FolderPost(default_folder)
    if mail_url.startswith("file:"):
        return FolderPost(Path(urlsplit(mail_url).path))
    return SmtpPost(mail_url)


def message_of(payload: bytes, *, recipient: str, domain: str, delivery: UUID) -> EmailMessage:
    """The mail. It says that a machine wrote it (RFC 3834), so that no other machine answers."""
    body = msgspec.json.decode(payload, type=MailBody)
    message = EmailMessage()
    message["From"] = f"no-reply@{domain}"
    message["To"] = recipient
    message["Subject"] = body.subject
    message["Message-ID"] = f"<{delivery}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.text)
    return message
