"""XML from strangers: UTF-8, no document type, no entities, no network, bounded depth. Everything else is refused."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from onewindow.engine.checking.json_guard import MalformedDocument

DEPTH_MOST: Final = 100
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_SPACE: Final = b" \t\r\n"


def parse(body: bytes) -> etree._Element:
    """The root element. Raises MalformedDocument; a DOCTYPE is refused before the parser sees it."""
    text = body.removeprefix(b"\xef\xbb\xbf")
    _refuse_other_encodings(text)
    _refuse_document_type(text)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedDocument(f"not well-formed XML: {error.msg}") from None
    _refuse_depth(root)
    return root


def _refuse_other_encodings(text: bytes) -> None:
    if not text.strip(_SPACE):
        raise MalformedDocument("the body is empty: send one XML document", 0)
    declared = _DECLARED.match(text)
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise MalformedDocument("declares another encoding: save the document as UTF-8", 0)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedDocument("not UTF-8: save the document as UTF-8", error.start) from None
    if b"\0" in text:
        raise MalformedDocument("holds a NUL character: take it out", text.index(b"\0"))


def _refuse_document_type(text: bytes) -> None:
    """Walks over declaration, comments and instructions; what then begins with `<!` before the root is a DOCTYPE."""
    place = 0
    while True:
        while text[place : place + 1] and text[place] in _SPACE:
            place += 1
        if text.startswith(b"<?", place):
            end, width = text.find(b"?>", place), 2
        elif text.startswith(b"<!--", place):
            end, width = text.find(b"-->", place + 4), 3
        else:
            break
        if end < 0:
            return
        place = end + width
    if text.startswith(b"<!", place):
        raise MalformedDocument("has a document type (DOCTYPE): take it out", place)


def _refuse_depth(root: etree._Element) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEPTH_MOST:
            raise MalformedDocument(f"nested deeper than {DEPTH_MOST}")


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    """The element's namespace; empty when it has none."""
    return etree.QName(element).namespace or ""
