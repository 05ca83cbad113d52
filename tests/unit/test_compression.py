"""Kept documents are read back byte for byte, whichever dictionary they were packed with."""

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from onewindow.storage.compression import NEWEST, NO_DICTIONARY, compress, decompress


@given(st.binary(max_size=5000))
def test_what_was_packed_is_read_back(raw: bytes) -> None:
    assert decompress(compress(raw), NEWEST) == raw


def test_a_body_from_before_the_dictionaries_is_read_still() -> None:
    assert decompress(zstandard.ZstdCompressor().compress(b"old"), NO_DICTIONARY) == b"old"


def test_a_document_of_ours_is_packed_better_than_without_a_dictionary() -> None:
    document = (
        b'{"reference":"X1","importer":{"name":"A","identifier_type":"br","identifier":"1","address":{"line":"B"}}}'
    )
    assert len(compress(document)) < 0.7 * len(zstandard.ZstdCompressor(level=1).compress(document))


@pytest.mark.parametrize(("frame", "dictionary"), [(b"no frame", NEWEST), (b"", NEWEST), (compress(b"x"), NEWEST + 1)])
def test_what_cannot_be_read_is_a_value_error(frame: bytes, dictionary: int) -> None:
    with pytest.raises(ValueError, match=r"kept document|no dictionary"):
        decompress(frame, dictionary)
