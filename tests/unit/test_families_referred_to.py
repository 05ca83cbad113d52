"""A rule may refer to a family of services: a licence added later is known without a change elsewhere."""

from pathlib import Path

from tests.unit.tiny_service import ITEMS, RULES, SERVICE, rule, write_services

from onewindow.definitions.catalogue import load_catalogue

REFERS = rule("TINY-020", 'kind = "refers-to"\nitem = "permit"\nservice = ["licence", "import-declaration"]')


def test_a_familys_name_stands_for_all_its_services(tmp_path: Path) -> None:
    root = write_services(tmp_path, rules=RULES + REFERS)
    second = root / "trade" / "second"
    second.mkdir()
    (second / "service.toml").write_text(SERVICE.replace('"tiny"', '"second"'), encoding="utf-8")
    (second / "items.toml").write_text(ITEMS, encoding="utf-8")
    (second / "rules.toml").write_text("", encoding="utf-8")
    referring = next(one for one in load_catalogue(root).newest["tiny"].rules if one.code == "TINY-020")
    assert referring.parameters["service"] == ["second", "tiny", "import-declaration"]
