"""What the strict JSON guard lets through and what it refuses, with the reason it gives."""

from __future__ import annotations

import json
from time import perf_counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.engine.checking.json_guard import DEPTH_MOST, MalformedDocument, depth_of, guard, plainly_sound


class Row(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    origin: str = ""
    number: int | None = None
    live: bool | None = None


class Document(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    reference: str = ""
    importer: Row | None = None
    goods: list[Row] | None = None
    marks: list[str] | None = None


SOUND = [
    b"{}",
    b' {"a": [1, 2.5, -0, 1e3, true, false, null, ""]}\n',
    b'"\\ud83d\\ude00 \\u4e2d \\\\u0000 \\" \\n"',
    '{"貨櫃":"提單"}'.encode(),
    b"[" * DEPTH_MOST + b"]" * DEPTH_MOST,
    b'{"text":"' + b"[{" * 200 + b'"}',
    b"18446744073709551615",
]

REFUSED = [
    (b"", "empty"),
    (b" \n", "empty"),
    (b"\xef\xbb\xbf{}", "byte order mark"),
    ('{"a":1}'.encode("utf-16"), "not UTF-8"),
    ('{"a":1}'.encode("utf-16-le"), "NUL"),
    (b'{"a":"\xff"}', "not UTF-8"),
    (b'{"a":"\xed\xa0\x80"}', "not UTF-8"),
    (b'{"a":"\\u0000"}', "NUL"),
    (b'{"a":"\\ud800"}', "surrogate"),
    (b'{"a":"\\udc00\\ud800"}', "surrogate"),
    (b'{"a":"\\\\\\ud800"}', "surrogate"),
    (b'{"a":"\x01"}', "not JSON"),
    (b'{"a":1,"a":1}', "given twice"),
    (b'{"a":1,"\\u0061":2}', "given twice"),
    (b'[{"b":{"a":1,"a":1}}]', "given twice"),
    (b"NaN", "not a JSON value"),
    (b'{"a":-Infinity}', "not a JSON value"),
    (b"[" * 65 + b"]" * 65, "nested"),
    (b"[" * 100_000, "nested"),
    (b'{"a":' * 65 + b"1" + b"}" * 65, "nested"),
    (b'{"a":18446744073709551616}', "too many digits"),
    (b"9" * 5_000, "too many digits"),
    (b"1e999999999", "too large"),
    (b"1." + b"0" * 50, "too long"),
    (b"{} {}", "not JSON"),
    (b"{'a':1}", "not JSON"),
    (b"[1,]", "not JSON"),
    (b"{", "not JSON"),
]


@pytest.mark.parametrize("body", SOUND)
def test_a_sound_document_passes(body: bytes) -> None:
    guard(body)


@pytest.mark.parametrize(("body", "reason"), REFUSED)
def test_a_malformed_document_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedDocument, match=reason):
        guard(body)


def test_the_offset_of_a_fault_counts_bytes() -> None:
    with pytest.raises(MalformedDocument) as refused:
        guard('{"提單": nope}'.encode())
    assert refused.value.offset == 11


@pytest.mark.parametrize("unit", [b'"\\"', b"[{", b"[]{}", b"\\", b'["', b"[[]"])
def test_hostile_text_of_a_megabyte_is_settled_within_a_second(unit: bytes) -> None:
    body = b"[" * 60 + unit * (1_000_000 // len(unit))
    started = perf_counter()
    with pytest.raises(MalformedDocument):
        guard(body)
    assert perf_counter() - started < 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(value=json_values, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]))
def test_whatever_a_strict_writer_writes_is_refused_only_for_nul_or_surrogates(
    value: object, *, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    reason = ""
    try:
        guard(text.encode("utf-8", "surrogatepass"))
    except MalformedDocument as refused:
        reason = refused.reason
    assert not reason or any(fault in reason for fault in ("NUL", "surrogate", "UTF-8"))


@given(value=json_values)
def test_depth_is_what_recursion_counts(value: object) -> None:
    def deep(part: object) -> int:
        if isinstance(part, dict):
            return 1 + max(map(deep, part.values()), default=0)
        return 1 + max(map(deep, part), default=0) if isinstance(part, list) else 0

    assert depth_of(json.dumps(value).encode()) == deep(value)


space = st.sampled_from(["", " ", "\n "])
word = st.sampled_from(["", "A", ":", ",", "{}", "中", '\\"', "\\u0041", "\\u0000", "\\ud800", "null", "1"])
scalar = st.one_of(
    word.map(lambda text: f'"{text}"'),
    st.sampled_from(["1", "-3", "0", "null", "true", "18446744073709551616", "9" * 60, '"7"']),
)


def members(names: list[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    name = st.sampled_from([*names, "\\u006e" + names[0][1:]])
    member = st.builds(lambda n, before, after, v: f'"{n}"{before}:{after}{v}', name, space, space, values)
    return st.builds(lambda rows, gap: "{" + f"{gap},".join(rows) + "}", st.lists(member, max_size=5), space)


rows = members(["origin", "number", "live"], scalar)
row_lists = st.lists(rows | st.just("null"), max_size=3).map(lambda parts: "[" + ",".join(parts) + "]")
documents = members(["reference", "importer", "goods", "marks"], st.one_of(scalar, rows, row_lists))
decoder, encoder = msgspec.json.Decoder(Document), msgspec.json.Encoder()


@given(text=documents)
def test_the_cheap_guard_never_lets_through_what_the_exact_one_refuses(text: str) -> None:
    body = text.encode()
    try:
        again = encoder.encode(decoder.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError):
        return
    if plainly_sound(body, again):
        guard(body)


@pytest.mark.parametrize(
    ("body", "sound"),
    [
        (b'{"goods": [ {"number":1, "origin":"CN"} ], "reference" : "R1"}', True),
        (b'{"reference":"R1","reference":"R1"}', False),
        (b'{"reference":"R1","goods":[{"origin":"CN","number":1,"number":2}]}', False),
        (b'{"reference":"a\\u0000b"}', False),
    ],
)
def test_the_cheap_guard_knows_a_sound_document_from_one_to_look_at_again(body: bytes, *, sound: bool) -> None:
    assert plainly_sound(body, encoder.encode(decoder.decode(body))) is sound
