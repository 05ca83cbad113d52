"""The shared vocabulary: dictionary, XML positions, code lists and item groups say what they promise."""

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import onewindow
from onewindow.definitions.items import ItemReader
from onewindow.definitions.model import Item
from onewindow.definitions.source import Source
from onewindow.definitions.vocabulary import Vocabulary
from onewindow.kernel.words import Words

SHARED = Path(onewindow.__file__).parent / "services" / "_shared"
FACTS = Path(__file__).parents[3] / "shared" / "facts" / "wco-elements.csv"
WORDS = ("en", "zh-Hant", "zh-Hans")
FORMAT = re.compile(r"(a|an|n)(\.\.)?[1-9]\d*|n\.\.[1-9]\d*,[1-9]\d*|date|datetime|flag")
GROUPS = sorted(path.stem for path in (SHARED / "groups").glob("*.toml"))
LISTS = sorted(path.stem for path in (SHARED / "codes").glob("*.csv"))
NAMED_BY_THE_DAY = {"holiday"}  # the same festival every year

# Hong Kong writes the first though Big5 has no place for them; both scripts share the second though GB 2312 has none.
HONG_KONG = set("衞着裏麪酶酰苷醌腈肼")
BOTH = set("潟桲")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def simplified_only(text: str) -> set[str]:
    return {one for one in text if fits(one, "gb2312") and not fits(one, "big5") and one not in HONG_KONG}


def traditional_only(text: str) -> set[str]:
    return {one for one in text if fits(one, "big5") and not fits(one, "gb2312") and one not in BOTH}


def all_words() -> Iterator[tuple[str, dict[str, str]]]:
    for name in ("dictionary.csv", "classes.csv"):
        yield from ((f"{name} {row['id']}", row) for row in rows(SHARED / name))
    for name in LISTS:
        yield from ((f"{name} {row['code']}", row) for row in rows(SHARED / "codes" / f"{name}.csv"))
    for path in [SHARED / "codes" / "lists.toml", *sorted((SHARED / "groups").glob("*.toml"))]:
        yield from _tables(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)


def _tables(table: dict[str, object], where: str) -> Iterator[tuple[str, dict[str, str]]]:
    plain = {key.removeprefix("_"): value for key, value in table.items() if isinstance(value, str)}
    if any(key in plain for key in WORDS):
        yield where, plain
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _tables(value, f"{where}.{key}")


def test_every_dictionary_element_has_an_id_of_its_own_and_a_format_of_the_grammar() -> None:
    elements = rows(SHARED / "dictionary.csv")
    assert len({row["id"] for row in elements}) == len(elements)
    assert [row["id"] for row in elements if not FORMAT.fullmatch(row["format"])] == []
    assert [row["id"] for row in elements if not re.fullmatch(r"\d{4}|", row["tded"])] == []


def test_every_list_an_element_names_is_carried() -> None:
    assert {row["list"] for row in rows(SHARED / "dictionary.csv")} - {""} <= set(LISTS)


def test_an_element_with_a_list_is_text_so_that_its_codes_keep_their_zeros_and_are_found() -> None:
    coded = [row for row in rows(SHARED / "dictionary.csv") if row["list"]]
    assert [row["id"] for row in coded if not row["format"].startswith("a")] == []


def test_every_code_fits_the_format_of_the_elements_that_use_its_list() -> None:
    for element in rows(SHARED / "dictionary.csv"):
        if not element["list"]:
            continue
        written = re.fullmatch(r"(an?)(\.\.)?(\d+)", element["format"])
        assert written, element["id"]
        letters, up_to, size = written.groups()
        pattern = {"a": "[A-Za-z]", "an": "."}[letters] + (f"{{1,{size}}}" if up_to else f"{{{size}}}")
        codes = [row["code"] for row in rows(SHARED / "codes" / f"{element['list']}.csv")]
        assert [code for code in codes if not re.fullmatch(pattern, code)] == [], element["id"]


def test_every_position_stands_at_a_path_of_its_own_and_names_a_known_element_or_class() -> None:
    positions = rows(SHARED / "positions.csv")
    assert len({(row["schema"], row["path"]) for row in positions}) == len(positions)
    known = {row["id"] for name in ("dictionary.csv", "classes.csv") for row in rows(SHARED / name)}
    assert {row["id"] for row in positions} <= known
    assert all(row["min"].isdigit() and (row["max"].isdigit() or row["max"] == "unbounded") for row in positions)


def test_every_class_is_named_once() -> None:
    ids = [row["id"] for row in rows(SHARED / "classes.csv")]
    assert len(set(ids)) == len(ids)


@pytest.mark.skipif(
    not FACTS.exists(), reason="the facts book is not beside this checkout, so there is nothing to compare with"
)
def test_the_dictionary_and_the_positions_hold_all_of_the_wco_profile() -> None:
    profile = rows(FACTS)
    own = {"": "TDED-7143"}
    wanted = {own.get(row["wco_id"], row["wco_id"]): row["tded"] for row in profile if row["format"]}
    held = {row["id"]: row["tded"] for row in rows(SHARED / "dictionary.csv")}
    assert {key: held.get(key) for key in wanted} == wanted
    places = {(row["schema"], row["path"]) for row in rows(SHARED / "positions.csv")}
    assert {(row["schema"], row["path"]) for row in profile} <= places


@pytest.mark.parametrize("name", LISTS)
def test_a_code_is_in_force_at_most_once_on_any_day(name: str) -> None:
    periods: dict[str, list[tuple[date, date]]] = {}
    for row in rows(SHARED / "codes" / f"{name}.csv"):
        assert row["code"] == row["code"].strip() != ""
        start = date.fromisoformat(row["from"] or "0001-01-01")
        end = date.fromisoformat(row["to"] or "9999-12-31")
        assert start <= end
        assert all(end < other[0] or other[1] < start for other in periods.get(row["code"], [])), row["code"]
        periods.setdefault(row["code"], []).append((start, end))


@pytest.mark.parametrize("name", [name for name in LISTS if name not in NAMED_BY_THE_DAY])
def test_no_two_codes_in_force_carry_the_same_words(name: str) -> None:
    entries = [row for row in rows(SHARED / "codes" / f"{name}.csv") if not row["to"]]
    for language in WORDS:
        counted = Counter(row[language] for row in entries if row[language])
        assert [word for word, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_described_and_has_words_in_all_its_languages(name: str) -> None:
    lists = tomllib.loads((SHARED / "codes" / "lists.toml").read_text(encoding="utf-8"))
    assert name in lists, f"add [{name}] to _shared/codes/lists.toml"
    described = lists[name]
    assert set(described["title"]) == set(WORDS)
    assert described["source"]
    assert described["note"]
    assert described["basis"] in {"seen", "assumed"}
    assert [row["code"] for row in rows(SHARED / "codes" / f"{name}.csv") if not all(row[key] for key in WORDS)] == []


def test_traditional_words_hold_no_simplified_character_and_simplified_words_no_traditional_one() -> None:
    mixed = {
        where: simplified_only(row.get("zh-Hant", "")) | traditional_only(row.get("zh-Hans", ""))
        for where, row in all_words()
    }
    assert {where: found for where, found in mixed.items() if found} == {}


def test_no_word_has_stray_blanks_or_straight_punctuation_between_chinese_characters() -> None:
    stray = [
        (where, row[key])
        for where, row in all_words()
        for key in WORDS
        if row.get(key, "") != row.get(key, "").strip()
        or "  " in row.get(key, "")
        or (key != "en" and re.search(r"[\u4e00-\u9fff][,;:?]|[,;:?][\u4e00-\u9fff]", row.get(key, "")))
    ]
    assert stray == []


def test_the_general_holidays_of_a_year_are_seventeen_weekdays() -> None:
    days = [date.fromisoformat(row["code"]) for row in rows(SHARED / "codes" / "holiday.csv")]
    assert {year: sum(day.year == year for day in days) for year in {day.year for day in days}} == dict.fromkeys(
        range(2024, 2028), 17
    )
    assert [day for day in days if day.isoweekday() == 7] == []


def test_every_port_stands_under_a_country_of_the_list() -> None:
    countries = {row["code"] for row in rows(SHARED / "codes" / "country.csv")}
    ports = rows(SHARED / "codes" / "port.csv")
    assert {row["country"] for row in ports} <= countries
    assert [row["code"] for row in ports if not re.fullmatch(row["country"] + "[A-Z2-9]{3}", row["code"])] == []


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_can_stand_in_a_trade_document(group: str, tmp_path: Path) -> None:
    written = tmp_path / "items.toml"
    written.write_text(f'part = "{group}"\n', encoding="utf-8")
    reader = ItemReader(Source(written, tmp_path), Vocabulary(SHARED.parent), strict=True)
    part = reader.root({"part": group}, Words("Probe", "試驗", "试验")).children[0]
    assert part.children
    assert all(child.words.en for child in part.children)


def test_a_consignment_of_a_cargo_report_finds_its_parties_containers_and_goods_in_the_wco_model(
    tmp_path: Path,
) -> None:
    written = tmp_path / "items.toml"
    parts = ("consignor", "consignee", "notify_party", "transport_document", "transport_equipment")
    lines = "".join(f'{part} = "{part}"\n' for part in parts)
    goods = 'goods = { is = "goods_item", xml = "ConsignmentItem", repeat = "1..9" }\n'
    head = '_xml = "GoodsShipment/Consignment"\n_en = "C"\n_zh-Hant = "貨"\n_zh-Hans = "货"\n'
    written.write_text(f"[consignment]\n{head}{lines}{goods}", encoding="utf-8")
    source = Source(written, tmp_path)
    root = ItemReader(source, Vocabulary(SHARED.parent), strict=True).root(source.data, Words("Probe", "試驗", "试验"))
    known = {row["path"] for row in rows(SHARED / "positions.csv") if row["schema"] == "DEC"}
    assert [path for path in _element_paths(root, "") if path not in known] == []


def _element_paths(item: Item, above: str) -> Iterator[str]:
    here = "/".join(part for part in (above, item.xml) if part)
    for child in item.children:
        yield from _element_paths(child, here)
    if item.id and not item.xml_own:
        yield here
