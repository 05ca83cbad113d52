"""The built style sheet, scripts and marks: few and small, so they are read once and served from memory."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FOLDER = Path(__file__).parent / "static"
YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes plain and compressed, and the start of its digest."""

    plain: bytes
    packed: bytes
    media: str
    mark: str


@cache
def all_assets() -> dict[str, Asset]:
    """Every file below `static/` by its path there."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(FOLDER).as_posix(): _read(path) for path in files}


def address(name: str) -> str:
    """`/static/NAME?v=MARK`; without a mark when the file was not built (`make static`)."""
    found = all_assets().get(name)
    return f"/static/{name}?v={found.mark}" if found else f"/static/{name}"


@require_safe
def serve_asset(request: HttpRequest, name: str) -> HttpResponse:
    """A file of `static/`; kept for a year when asked for by its mark."""
    found = all_assets().get(name)
    if found is None:
        raise Http404
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.plain, content_type=found.media)
    if packed:
        response["Content-Encoding"] = "gzip"
    lasting = request.GET.get("v") == found.mark
    response["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if lasting else "public, max-age=300"
    return response


def _read(path: Path) -> Asset:
    plain = path.read_bytes()
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media.startswith("text/") or media.endswith("javascript"):
        media += "; charset=utf-8"
    return Asset(plain, gzip.compress(plain, 9, mtime=0), media, sha256(plain).hexdigest()[:12])
