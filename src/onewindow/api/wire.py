"""The bodies on the wire, as types: the endpoints build them and the OpenAPI document is generated from them.

Times are RFC 3339 with zone; money is a decimal string beside its currency.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any, Literal

import msgspec

from onewindow.application.attachments import Attachment
from onewindow.application.ports import Receipt, StoredEvent, Submission, Task
from onewindow.application.webhooks import Webhook
from onewindow.storage.issued import Issued


class WordsBody(msgspec.Struct):
    """A text in three languages."""

    en: str
    zh_hant: str = msgspec.field(name="zh-Hant")
    zh_hans: str = msgspec.field(name="zh-Hans")


class FindingBody(msgspec.Struct, omit_defaults=True):
    """One fault of a document. `pointer` is an RFC 6901 JSON Pointer; `xpath` stands beside it for XML."""

    code: str
    severity: Literal["error", "warning"]
    pointer: str
    message: WordsBody
    remedy: WordsBody
    law: str
    value: str | int | float | bool | None
    xpath: str = ""


class CheckBody(msgspec.Struct):
    """The verdict of a dry run: the same as lodging's, nothing kept."""

    accepted: bool
    findings: list[FindingBody]
    not_checked: list[str]


class ReceiptBody(msgspec.Struct):
    """The proof of lodging. `digest` is the SHA-256 of the raw bytes in hex; `version` counts from 1."""

    reference: str
    service: str
    version: int
    definition_version: str
    state: str
    lodged_at: datetime
    digest: str


class BatchLineBody(msgspec.Struct, omit_defaults=True):
    """One line of a batch's answer: exactly one of `receipt`, `findings` and `problem` beside the index (from 0)."""

    index: int
    receipt: ReceiptBody | None = None
    findings: list[FindingBody] | None = None
    problem: dict[str, str | int] | None = None


class SubmissionBody(msgspec.Struct):
    """A submission as its readers see it. `summary` is what a work list shows; `allowed` what the caller may do now."""

    reference: str
    service: str
    version: int
    definition_version: str
    state: str
    sender_reference: str
    lodger: str
    principal: str
    mode: str
    lodged_at: datetime
    changed_at: datetime
    digest: str
    summary: str


class AllowedBody(msgspec.Struct):
    """An action the caller may take now; `task` is empty for one on the submission as a whole."""

    action: str
    task: str


class WholeSubmissionBody(SubmissionBody, kw_only=True):
    """One submission with what the caller may do to it."""

    allowed: list[AllowedBody]


class PageBody(msgspec.Struct):
    """A page; `after` is the start of the next one, empty at the end."""

    after: str


class SubmissionsBody(PageBody):
    """A page of submissions, newest first."""

    submissions: list[SubmissionBody]


class EventBody(msgspec.Struct):
    """One fact in the life of a submission. `payload` holds codes, `detail` words and names, unless erased."""

    seq: int
    kind: str
    at: datetime
    actor: str
    payload: msgspec.Raw
    detail: msgspec.Raw
    hash: str


class EventsBody(msgspec.Struct):
    """Every event of a submission, in order."""

    events: list[EventBody]


class TaskBody(msgspec.Struct):
    """A row of a work list. `id` is the task's in `POST /tasks/{id}/{action}`."""

    id: str
    agency: str
    role: str
    service: str
    stage: str
    state: str
    holder: str
    due_at: datetime | None
    opened_at: datetime
    reference: str
    summary: str
    version: int


class TasksBody(PageBody):
    """A page of tasks, the most urgent first."""

    tasks: list[TaskBody]


class NoticeBody(msgspec.Struct):
    """One notice; `number` counts without gaps for each recipient."""

    number: int
    at: datetime
    kind: str
    service: str
    reference: str
    state: str
    payload: msgspec.Raw


class NoticesBody(msgspec.Struct):
    """Notices after a number; ask again with the last one's number."""

    notifications: list[NoticeBody]
    after: int


class SubscribeBody(msgspec.Struct, forbid_unknown_fields=True):
    """Where notices are to be sent. `kinds` narrows them to some kinds; empty means all."""

    url: str
    kinds: list[str] = []


class SubscriptionBody(msgspec.Struct, omit_defaults=True):
    """A webhook. `secret` signs what is sent and is shown only once, when the webhook is made."""

    id: str
    url: str
    kinds: list[str]
    created: datetime
    secret: str = ""


class SubscriptionsBody(msgspec.Struct):
    """The caller's webhooks."""

    webhooks: list[SubscriptionBody]


class ReplayBody(msgspec.Struct, forbid_unknown_fields=True):
    """From which notice on to send everything again."""

    after: int = 0


class SentBody(msgspec.Struct):
    """How many deliveries were put on their way."""

    deliveries: int


class AttachmentBody(msgspec.Struct):
    """An uploaded file. `scan` is `unscanned`, `clean` or `infected`; put `id` into the document."""

    id: str
    name: str
    media: str
    size: int
    digest: str
    scan: str
    at: datetime


class IssuedBody(msgspec.Struct):
    """An issued document. `payload` is the JSON that was signed, as text; `signature` is Ed25519 in Base64."""

    number: str
    service: str
    issued_at: datetime
    revoked_at: datetime | None
    key_id: str
    payload: str
    signature: str


class IssuedListBody(msgspec.Struct):
    """Issued documents, newest first."""

    documents: list[IssuedBody]


class ServiceRowBody(msgspec.Struct):
    """A line of the catalogue; `items` are leaf positions, `rules` distinct codes in force."""

    id: str
    family: str
    agency: str
    version: str
    items: int
    rules: int
    stages: int
    pledges: int
    titles: WordsBody


class HealthBody(msgspec.Struct):
    """Whether this process lives, or is ready for calls, and if not what is missing."""

    status: str
    missing: list[str] = []


def receipt_body(receipt: Receipt) -> ReceiptBody:
    """The receipt without what only the server needs."""
    return ReceiptBody(
        receipt.reference,
        receipt.service,
        receipt.version,
        receipt.definition_version,
        receipt.state,
        receipt.lodged_at,
        receipt.digest,
    )


def etag(version: int) -> tuple[tuple[bytes, bytes], ...]:
    """The header that names a version."""
    return ((b"etag", b'"%d"' % version),)


def submission_body(one: Submission) -> SubmissionBody:
    """A submission without its place in the journal."""
    return SubmissionBody(**_facts(one))


def whole_submission_body(one: Submission, allowed: list[AllowedBody]) -> WholeSubmissionBody:
    """A submission with what the caller may do to it."""
    return WholeSubmissionBody(**_facts(one), allowed=allowed)


def _facts(one: Submission) -> dict[str, Any]:
    return {name: getattr(one, name) for name in SubmissionBody.__struct_fields__}


def event_body(event: StoredEvent) -> EventBody:
    """An event without its place in the lane."""
    payload, detail = msgspec.Raw(event.payload or b"{}"), msgspec.Raw(event.detail or b"null")
    return EventBody(event.seq, event.kind, event.at, event.actor, payload, detail, event.hash.hex())


def task_body(task: Task) -> TaskBody:
    """A task without its place in the journal."""
    return TaskBody(
        id=task.id,
        agency=task.agency,
        role=task.role,
        service=task.service,
        stage=task.stage,
        state=task.state,
        holder=task.holder,
        due_at=task.due_at,
        opened_at=task.opened_at,
        reference=task.reference,
        summary=task.summary,
        version=task.version,
    )


def attachment_body(file: Attachment) -> AttachmentBody:
    """A file without its bytes."""
    return AttachmentBody(str(file.id), file.name, file.media, file.size, file.digest, file.scan, file.at)


def issued_body(one: Issued) -> IssuedBody:
    """An issued document as a verifier needs it."""
    return IssuedBody(
        number=one.number,
        service=one.service,
        issued_at=one.issued_at,
        revoked_at=one.revoked_at,
        key_id=one.key_id,
        payload=one.payload.decode(),
        signature=b64encode(one.signature).decode(),
    )


def subscription_body(hook: Webhook) -> SubscriptionBody:
    """A webhook; with its secret only if it was read for its maker."""
    return SubscriptionBody(str(hook.id), hook.url, list(hook.kinds), hook.created, hook.secret)
