"""Use case: the lodger replaces the document by a new version, judged as it was when first lodged."""

from __future__ import annotations

import asyncio
from hashlib import sha256

from onewindow.application import refusals
from onewindow.application.acting import Call, definition_of, load, perform
from onewindow.application.desk import Desk
from onewindow.application.judging import Case
from onewindow.application.ports import Receipt, Submission
from onewindow.definitions.model import Definition
from onewindow.engine.checking.attached import files_of_document
from onewindow.engine.checking.checker import Judgement
from onewindow.engine.life.life import decode_opening
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Finding
from onewindow.kernel.words import Words

_OTHER_REFERENCE = Words(
    "The sender's reference of a submission stays the same.",
    "遞交後不可更改申報人的參考編號。",
    "提交后不可更改申报人的参考编号。",
)
_KEEP_REFERENCE = Words(
    "Write {reference}, or lodge a new submission.",
    "請填寫 {reference}，或另行遞交。",
    "请填写 {reference}，或另行提交。",
)


def amend(
    desk: Desk,
    actor: Actor,
    reference: str,
    document: bytes,
    *,
    raw: bytes | None = None,
    media: str = "application/json",
    key: str = "",
    expected: int | None = None,
) -> Receipt:
    """A new version: `document` is its JSON, `raw` the bytes as they came when that was another format.

    Raises NotFound, Forbidden, NotAllowedNow, Stale, KeyReused, MalformedDocument, Refused, NotDurable.
    """
    submission = load(desk, actor, reference)
    judged = _accepted(desk, actor, submission, document)
    kept = document if raw is None else raw
    call = Call(
        actor=actor,
        reference=reference,
        action="amend",
        key=key,
        digest=sha256(kept).digest(),
        expected=expected,
        document=kept,
        media=media,
        opening=decode_opening(judged.opening),
        summary=judged.summary,
        files=tuple(files_of_document(definition_of(desk, submission), judged.document)),
    )
    return perform(desk, call)


def judge_amendment(desk: Desk, actor: Actor, submission: Submission, document: bytes) -> Case:
    """What a new version of the document meets: the definition it was lodged under, on the day it was.

    Raises UnknownService, MalformedDocument, NotDurable.
    """
    assert desk.bench is not None, "documents are judged only at desks that have a bench"
    checker = desk.bench.checker_of(definition_of(desk, submission))
    case = desk.bench.judge(checker, document, submission.lodged_at)
    asyncio.run(desk.bench.ask_world(actor, checker, [case], amending=submission.reference))
    return case


def _accepted(desk: Desk, actor: Actor, submission: Submission, document: bytes) -> Judgement:
    case = judge_amendment(desk, actor, submission, document)
    if case.judgement is None or case.refused:
        raise refusals.Refused(case.findings)
    if submission.sender_reference and case.judgement.sender_reference != submission.sender_reference:
        raise refusals.Refused((_other_reference(definition_of(desk, submission), submission, case.judgement),))
    return case.judgement


def _other_reference(definition: Definition, submission: Submission, judged: Judgement) -> Finding:
    pointer = "/" + definition.reference.replace(".", "/")
    remedy = _KEEP_REFERENCE.filled(reference=submission.sender_reference)
    return Finding("AMEND-REFERENCE", "error", pointer, _OTHER_REFERENCE, remedy, value=judged.sender_reference)
