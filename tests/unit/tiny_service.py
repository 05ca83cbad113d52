"""A small service written to a temporary folder, for tests of the language."""

from __future__ import annotations

from pathlib import Path

from onewindow.definitions.catalogue import SERVICES

WORDS = '{ en = "E", zh-Hant = "繁", zh-Hans = "简" }'
SERVICE = f"""
id = "tiny"
family = "licence"
agency = "afcd"
valid = "2023-05-15/.."
title = {WORDS}
purpose = {WORDS}
reference = "reference"
summary = ["reference"]
[lodging]
by = ["trader"]
[states.vetting]
title = {WORDS}
next = {WORDS}
[states.approved]
title = {WORDS}
next = {WORDS}
end = true
[done]
state = "approved"
[[stage]]
name = "vetting"
title = {WORDS}
agency = "afcd"
role = "licensing-officer"
actions = ["approve", "refuse"]
[[stage]]
name = "inspection"
title = {WORDS}
agency = "afcd"
role = "licensing-officer"
state = "vetting"
after = []
when = "any(goods, live) and sum(goods.value) >= 100"
actions = ["approve"]
[[fee]]
name = "fee"
title = {WORDS}
valid = "2018-08-01/.."
amount = "min(200, round_up(0.20 + 0.125 * ceil(sum(goods.value) / 1000), '0.10'))"
"""
ITEMS = """
reference = "D026!"
arrival = { is = "date!", own = "a plain day", en = "E", zh-Hant = "繁", zh-Hans = "简" }
permit = { is = "an..12", own = "test", en = "E", zh-Hant = "繁", zh-Hans = "简" }
total = { is = "money", own = "test", en = "E", zh-Hant = "繁", zh-Hans = "简" }
packages = "146"
[goods]
_repeat = "1..5"
_en = "Goods"
_zh-Hant = "貨品"
_zh-Hans = "货品"
_own = "test"
description = "137!"
origin = { is = "063!", codes = "country" }
value = { is = "money!", own = "test", en = "E", zh-Hant = "繁", zh-Hans = "简" }
gross = "126"
net = "128"
packages = "144"
live = { is = "flag", own = "test", en = "E", zh-Hant = "繁", zh-Hans = "简" }
seals = { is = "an..10", repeat = "0..3", own = "test", en = "E", zh-Hant = "繁", zh-Hans = "简" }
"""


def rule(code: str, lines: str) -> str:
    return f"""
[{code}]
{lines}
en = "E {{value}}"
zh-Hant = "繁"
zh-Hans = "简"
remedy = {WORDS}
"""


RULES = (
    rule("TINY-001", 'kind = "must-be"\nitem = "goods.net"\ntest = "goods.net <= goods.gross"')
    + rule("TINY-002", 'kind = "sum-equals"\nitem = "total"\nof = "goods.value"\ntolerance = "0.01"')
    + rule("TINY-003", 'kind = "unique-by"\nitem = "goods"\nby = ["description", "origin"]')
    + rule("TINY-004", 'kind = "required-if"\nitem = "permit"\nwhen = "any(goods, live)"')
    + rule("TINY-005", 'kind = "date-order"\nitem = "arrival"\nafter = "as_of"\nleast_days = -30\nmost_days = 14')
    + rule("TINY-006", 'kind = "count-equals"\nitem = "packages"\nof = "goods"')
    + rule(
        "TINY-007", 'kind = "required-if"\nitem = "goods.net"\nwhen = "goods.value > 50000"\nvalid = "2026-01-01/.."'
    )
)


def write_services(folder: Path, *, service: str = SERVICE, items: str = ITEMS, rules: str = RULES) -> Path:
    """A services folder with our shared vocabulary and the one service; returns it."""
    root = folder / "services"
    tiny = root / "trade" / "tiny"
    (tiny / "cases").mkdir(parents=True)
    (root / "_shared").symlink_to(SERVICES / "_shared")
    (tiny / "service.toml").write_text(service, encoding="utf-8")
    (tiny / "items.toml").write_text(items, encoding="utf-8")
    (tiny / "rules.toml").write_text(rules, encoding="utf-8")
    return root
