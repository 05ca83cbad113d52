"""Issued documents: as PDF for those who may see them, and verified for anyone who holds one."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from onewindow.application.refusals import NotFound
from onewindow.bootstrap import platform
from onewindow.storage.public_check import IssuedStanding
from onewindow.web.certificate import Certificate, read_payload, shown_fields, signed_payload
from onewindow.web.finding_services import agency_name
from onewindow.web.forms import choices
from onewindow.web.language import language_now
from onewindow.web.licence_pdf import licence_pdf
from onewindow.web.seeing import seen
from onewindow.web.shown import service_title
from onewindow.web.throttling import too_often
from onewindow.web.views.faults import fault_page

NUMBER_MOST = 60


@require_safe
def issued_pdf(request: HttpRequest, reference: str, number: str) -> HttpResponse:
    """The issued document as PDF in the language of the page."""
    actor, submission = seen(request, reference)
    issued = next((one for one in platform().issued.of(actor, submission) if one.number == number), None)
    certificate = read_payload(issued.payload) if issued else None
    if issued is None or certificate is None:
        raise NotFound("There is no such document.")
    content = licence_pdf(issued, certificate, language_now(), request.build_absolute_uri(reverse("verify")))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return response


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The form; with a QR code's parameters or a number, what is known of the document. Thirty tries a minute."""
    number = request.GET.get("number", "")[:NUMBER_MOST].strip().upper()
    by_code = "p" in request.GET
    if not (number or by_code):
        return render(request, "verify.html", {})
    if too_often(request, "verify", most=30, seconds=60):
        return fault_page(request, 429, "too_many")
    certificate = _signed(request) if by_code else None
    standing = platform().public_check.standing(certificate.number if certificate else number)
    context = {
        "asked": True,
        "number": number,
        "verdict": _verdict(certificate, standing, by_code=by_code),
        "certificate": certificate,
        "standing": standing,
        "service": service_title(standing.service) if standing else None,
        "agency": agency_name(platform().catalogue, certificate.agency) if certificate else None,
        "balances": _balances(standing),
        "fields": shown_fields(certificate, language_now()) if certificate else [],
    }
    return render(request, "verify.html", context, status=200 if context["verdict"] != "false" else 404)


def _balances(standing: IssuedStanding | None) -> list[tuple[str, str]]:
    units = platform().catalogue.vocabulary.lists.get("unit")
    rows = standing.balances if standing else ()
    return [(line, f"{amount} {choices.shown(units, unit, language_now())}") for line, amount, unit in rows]


def _signed(request: HttpRequest) -> Certificate | None:
    payload = signed_payload(*(request.GET.get(name, "") for name in ("p", "s", "k")))
    return read_payload(payload) if payload else None


def _verdict(certificate: Certificate | None, standing: IssuedStanding | None, *, by_code: bool) -> str:
    """`stands`, `expired`, `revoked` or `false`: a key of words/licence.toml."""
    if standing is None or (by_code and certificate is None):
        return "false"
    if standing.revoked_at is not None:
        return "revoked"
    until = standing.valid_until or (certificate.valid_until if certificate else None)
    return "expired" if until is not None and until < datetime.now(UTC) else "stands"
