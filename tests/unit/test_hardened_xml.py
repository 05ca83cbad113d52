"""XML from strangers: what the parser takes, and what it refuses before or while parsing."""

from __future__ import annotations

from time import perf_counter

import pytest

from onewindow.channels.hardened_xml import DEPTH_MOST, local_name, parse
from onewindow.engine.checking.json_guard import MalformedDocument

REFUSED = [
    (b"", "empty"),
    (b" \n", "empty"),
    (b"plain text", "not well-formed"),
    (b"<a><b></a>", "not well-formed"),
    (b"<a/><b/>", "not well-formed"),
    (b"<!DOCTYPE a><a/>", "DOCTYPE"),
    (b'<?xml version="1.0"?>\n<!-- x --><?pi?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "DOCTYPE"),
    (b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><a>&z;</a>', "DOCTYPE"),
    (b"<a>&unknown;</a>", "not well-formed"),
    (b"<a>\xff</a>", "not UTF-8"),
    (b"<a>\x00</a>", "NUL"),
    (b"<a>&#0;</a>", "not well-formed"),
    (b"<a>&#xD800;</a>", "not well-formed"),
    (b"<a b='1' b='2'/>", "not well-formed"),
    ("<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"), "UTF-8"),
    (b"<?xml version='1.0' encoding='big5'?><a/>", "another encoding"),
    (b"<a>" * (DEPTH_MOST + 1) + b"</a>" * (DEPTH_MOST + 1), "nested"),
    (b"<a>" * 100_000, "not well-formed"),
]


@pytest.mark.parametrize(("body", "reason"), REFUSED)
def test_hostile_or_broken_xml_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedDocument, match=reason):
        parse(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<a/>",
        b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><a>\xe6\x8f\x90\xe5\x96\xae</a>",
        b"<a><![CDATA[<!DOCTYPE not one>]]></a>",
        b"<!-- <!DOCTYPE not one> --><a/>",
        b"<a>" * DEPTH_MOST + b"</a>" * DEPTH_MOST,
    ],
)
def test_sound_xml_passes(body: bytes) -> None:
    assert local_name(parse(body)) == "a"


def test_comments_that_never_end_cost_no_time() -> None:
    started = perf_counter()
    with pytest.raises(MalformedDocument):
        parse(b"<!--" * 1_000_000)
    assert perf_counter() - started < 1
