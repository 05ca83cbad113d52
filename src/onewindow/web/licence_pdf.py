"""An issued document as PDF: what was signed, in the reader's language, with a QR code that anyone can verify."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

import onewindow.channels
from onewindow.bootstrap import platform
from onewindow.storage.issued import Issued
from onewindow.web.certificate import Certificate, code_of, shown_fields
from onewindow.web.dates import day_in_words
from onewindow.web.finding_services import agency_name
from onewindow.web.words_catalogue import words_of

FONTS = Path(onewindow.channels.__file__).parent / "fonts"
MARGIN_MM = 20.0
LABEL_MM = 58.0
CODE_MM = 46.0
BESIDE_MM = 210 - 2 * MARGIN_MM - CODE_MM - 4
"""Width of what stands beside the code."""
INK, QUIET, HARBOUR = (18, 37, 45), (74, 91, 99), (10, 100, 114)


def licence_pdf(issued: Issued, certificate: Certificate, language: str, verify_at: str) -> bytes:
    """A4 pages. `verify_at` is the address of the page that verifies; the code's parameters follow it."""
    paper = _paper(language)
    _code(paper, f"{verify_at}?{code_of(issued)}", language)
    _head(paper, certificate, language)
    _line(paper, _say("licence.number", language), [certificate.number], bold=True)
    _line(paper, _say("licence.issued", language), [day_in_words(certificate.issued_at, language)])
    if certificate.valid_until:
        _line(paper, _say("licence.valid_until", language), [day_in_words(certificate.valid_until, language)])
    paper.set_y(max(paper.get_y() + 4, MARGIN_MM + CODE_MM + 2))
    for label, texts in shown_fields(certificate, language):
        _line(paper, label, texts)
    paper.ln(5)
    paper.set_font("noto", "", 9.5)
    paper.set_text_color(*QUIET)
    _text(paper, _say("licence.verify", language), 5.4)
    return bytes(paper.output())


@lru_cache(maxsize=2)
def _face(language: str) -> tuple[Path, Path]:
    region = "SC" if language == "zh-Hans" else "HK"
    return FONTS / f"NotoSans{region}-Regular.ttf", FONTS / f"NotoSans{region}-Bold.ttf"


def _paper(language: str) -> FPDF:
    paper = FPDF(format="A4")
    regular, bold = _face(language)
    paper.add_font("noto", "", regular)
    paper.add_font("noto", "B", bold)
    paper.set_margins(MARGIN_MM, MARGIN_MM)
    paper.set_auto_page_break(True, MARGIN_MM)
    paper.add_page()
    return paper


def _head(paper: FPDF, certificate: Certificate, language: str) -> None:
    paper.set_draw_color(*HARBOUR)
    paper.set_line_width(1.2)
    paper.line(MARGIN_MM, MARGIN_MM - 4, 210 - MARGIN_MM, MARGIN_MM - 4)
    paper.set_font("noto", "", 11)
    paper.set_text_color(*QUIET)
    _text(paper, agency_name(platform().catalogue, certificate.agency).of(language), 6, BESIDE_MM)
    paper.set_font("noto", "B", 20)
    paper.set_text_color(*INK)
    _text(paper, certificate.title.of(language), 10, BESIDE_MM)
    if language != "en":
        paper.set_font("noto", "", 12)
        _text(paper, certificate.title.en, 7, BESIDE_MM)
    paper.ln(5)


def _line(paper: FPDF, label: str, texts: list[str], *, bold: bool = False) -> None:
    top = paper.get_y()
    paper.set_font("noto", "", 9.5)
    paper.set_text_color(*QUIET)
    paper.multi_cell(LABEL_MM - 4, 5.4, label, new_x=XPos.LEFT, new_y=YPos.NEXT, align="L")
    low = paper.get_y()
    paper.set_xy(MARGIN_MM + LABEL_MM, min(low, top))  # after a page break the label ends higher than it began
    paper.set_font("noto", "B" if bold else "", 10.5)
    paper.set_text_color(*INK)
    width = BESIDE_MM - LABEL_MM if paper.get_y() < MARGIN_MM + CODE_MM and paper.page == 1 else 0
    paper.multi_cell(width, 5.4, "\n".join(texts), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    paper.set_y(max(low, paper.get_y()) + 1.2)


def _code(paper: FPDF, address: str, language: str) -> None:
    picture = io.BytesIO()
    segno.make(address, error="l", micro=False).save(picture, kind="png", scale=4, border=2)
    picture.seek(0)
    place = 210 - MARGIN_MM - CODE_MM
    paper.image(picture, x=place, y=MARGIN_MM - 1, w=CODE_MM, alt_text=_say("licence.code", language))


def _text(paper: FPDF, text: str, height: float, width: float = 0) -> None:
    paper.multi_cell(width, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")


def _say(key: str, language: str) -> str:
    return words_of(key).of(language)
