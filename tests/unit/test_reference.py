"""References: checked, hiding their lane from everybody but the installation."""

from hypothesis import given
from hypothesis import strategies as st

from onewindow.kernel.lane import LANES
from onewindow.kernel.reference import ALPHABET, issue, lane_of_reference, normalise

SECRET = b"an installation's secret of its own"
INDEXES = st.integers(0, 63)


@given(INDEXES, st.integers(0, 2**49 - 1))
def test_a_reference_is_written_as_it_is_read(index: int, random_part: int) -> None:
    reference = issue(index, SECRET, random_part)
    assert normalise(reference) == reference
    assert normalise(reference.lower().replace("-", " ")) == reference


@given(INDEXES)
def test_the_installation_finds_the_lane_again(index: int) -> None:
    assert lane_of_reference(issue(index, SECRET), SECRET) == LANES[index]


def test_another_installation_does_not_find_the_lane() -> None:
    found = [lane_of_reference(issue(7, SECRET), b"another") == LANES[7] for _ in range(2000)]
    assert 0 < sum(found) < 100


@given(INDEXES, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(index: int, place: int, character: str) -> None:
    plain = issue(index, SECRET).replace("-", "")
    if plain[place] != character:
        assert normalise(plain[:place] + character + plain[place + 1 :]) is None
