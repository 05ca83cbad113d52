"""The last step of a form: everything on one page, what it costs, and the receipt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from onewindow.application.allowed_actions import present_life
from onewindow.application.amend import amend
from onewindow.application.lodge import Incoming
from onewindow.application.ports import Receipt
from onewindow.application.refusals import (
    Forbidden,
    KeyReused,
    NotAllowedNow,
    Refusal,
    Refused,
    SenderReferenceUsed,
    Stale,
)
from onewindow.bootstrap import platform
from onewindow.definitions.model import Definition
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Finding
from onewindow.kernel.words import Words
from onewindow.web.anonymous import keep_secret, remember, secret_of
from onewindow.web.drafts.form import form_of
from onewindow.web.drafts.keeping import draft_of
from onewindow.web.drafts.models import Draft
from onewindow.web.findings_shown import Found, found_once
from onewindow.web.forms.places import page_of
from onewindow.web.forms.reading import Reader
from onewindow.web.forms.tree import anchor
from onewindow.web.journey import steps_ahead, work_now
from onewindow.web.judging import Opinion, bytes_of, whole_opinion
from onewindow.web.language import language_now
from onewindow.web.seeing import known_definition, seen
from onewindow.web.views.document import FAULTS_MOST, lodger_of, signs

ROWS_READ = 20
"""A list of up to so many rows is read out in full before lodging; a longer one in lines, each leading to its row."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge as it is shown: `HK$ 12.50`."""

    title: Words
    amount: str


@require_safe
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """All answers, everything that is wrong with a link to it, the charges, and the button."""
    draft = draft_of(request, draft_id)
    form = form_of(request, draft)
    opinion = whole_opinion(lodger_of(request, draft), form, draft.document)
    return _page(request, draft, form.definition, opinion)


@require_POST
def lodge(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Lodges the draft (or the amendment it is), and goes to the receipt. The draft's id makes a repeat harmless."""
    draft = draft_of(request, draft_id)
    definition, lodger = form_of(request, draft).definition, lodger_of(request, draft)
    document = Incoming(key=f"form-{draft.pk}", body=bytes_of(draft.document))
    try:
        receipt = _hand_in(lodger, draft, document)
    except Refused as refused:
        return _page(request, draft, definition, Opinion(refused.findings))
    except (SenderReferenceUsed, Stale, NotAllowedNow, KeyReused, Forbidden) as refusal:
        return _page(request, draft, definition, Opinion(()), refusal=refusal)
    if draft.nonce:
        remember(request, receipt.reference, lodger)
        keep_secret(request, receipt.reference, draft.nonce)
    draft.delete()
    return redirect("receipt", receipt.reference)


@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """The number to keep, and what happens next; the secret is shown this once."""
    _, submission = seen(request, reference)
    definition = known_definition(submission)
    secret = secret_of(request, submission.reference)
    life = present_life(platform().desk, submission)
    context = {
        "receipt": submission,
        "definition": definition,
        "secret": secret,
        "state": definition.state(submission.state),
        "working": work_now(definition, life, datetime.now(UTC)),
        "ahead": steps_ahead(definition, life),
    }
    return render(request, "document/receipt.html", context)


def _hand_in(lodger: Actor, draft: Draft, document: Incoming) -> Receipt:
    if draft.amends:
        expected, key = draft.version, document.key
        return amend(platform().desk, lodger, draft.amends, document.body, key=key, expected=expected)
    return platform().lodging.lodge_now(lodger, draft.service, document)


def _page(
    request: HttpRequest, draft: Draft, definition: Definition, opinion: Opinion, refusal: Refusal | None = None
) -> HttpResponse:
    """The page that stands before lodging."""
    shown = signs(definition, draft, opinion)
    lists = platform().catalogue.vocabulary.lists
    reader = Reader(definition.root, lists, language_now(), rows_most=ROWS_READ)
    context = {
        "draft": draft,
        "definition": definition,
        "sections": shown,
        "back": shown[-1].address if shown else reverse("drafts"),
        "faults": _linked(draft, definition, opinion.errors[:FAULTS_MOST]),
        "more_faults": max(0, len(opinion.errors) - FAULTS_MOST),
        "warnings": _linked(draft, definition, opinion.warnings[:FAULTS_MOST]),
        "more_warnings": max(0, len(opinion.warnings) - FAULTS_MOST),
        "reading": reader.sections(draft.document),
        "charges": [
            Charge(_title(definition, name), _money(amount, currency)) for name, amount, currency in opinion.charges
        ],
        "total": _total(opinion.charges),
        "refusal": f"refusal.{refusal.code}" if refusal else "",
    }
    return render(request, "document/check.html", context, status=_status(request, opinion, refusal))


def _status(request: HttpRequest, opinion: Opinion, refusal: Refusal | None) -> int:
    if refusal is not None:
        return 409
    return 422 if opinion.errors and request.method == "POST" else 200


def _linked(draft: Draft, definition: Definition, findings: Iterable[Finding]) -> list[Found]:
    def address(finding: Finding) -> str:
        page = reverse("section", args=[draft.pk, page_of(definition.root, finding.pointer)])
        return f"{page}?faults#{anchor(finding.pointer)}"

    return found_once(findings, definition.root, language_now(), address)


def _title(definition: Definition, fee: str) -> Words:
    return next((one.title for one in definition.fees if one.name == fee), Words(fee, fee, fee))


def _money(amount: Decimal, currency: str) -> str:
    return f"{'HK$' if currency == 'HKD' else currency} {amount:,.2f}"


def _total(charges: tuple[tuple[str, Decimal, str], ...]) -> str:
    currencies = {currency for _, _, currency in charges}
    if len(charges) < 2 or len(currencies) > 1:
        return ""
    return _money(sum((amount for _, amount, _ in charges), Decimal(0)), currencies.pop())
