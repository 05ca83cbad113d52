"""What has no place in the project: the machine it was written on, where its parts were fetched, who typed it."""

import re

from house.tracked import ROOT, shown, tracked_files

# Written in halves, so that this file passes its own test.
MACHINE = [r"/work" + r"/(main|shared)\b", r"/root" + r"/[.\w]", r"/home" + r"/\w", r"/opt" + r"/(pypi|wheels)"]
ADDRESSES = [
    r"pypi" + r"\.org",
    r"python" + r"hosted\.org",
    r"registry\." + r"(npmjs|yarnpkg)",
    r"--(extra-)?index" + r"-url",
    r"--find" + r"-links",
]
TOOLS = [r"\bcl" + r"aude\b", r"\bchat" + r"gpt\b", r"\bco" + r"pilot\b", r"\blanguage" + r" model\b"]
KEYS = [r"-----BEGIN [A-Z ]*PRIVATE" + r" KEY-----", r"\bAKIA" + r"[0-9A-Z]{16}\b", r"\bghp" + r"_\w{36}\b"]
# The lock's own recipe says that it leaves the addresses out.
EXCEPT = re.compile(r"--no-emit-[a-z-]+")


def lines_with(patterns: list[str]) -> list[str]:
    wanted = re.compile("|".join(patterns), re.IGNORECASE)
    return [
        f"{shown(path)}:{number}: {line.strip()[:120]}"
        for path in tracked_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if wanted.search(EXCEPT.sub("", line))
    ]


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert not lines_with(MACHINE)


def test_no_tracked_file_names_a_package_index() -> None:
    assert not lines_with(ADDRESSES)


def test_no_tracked_file_speaks_of_the_tools_it_was_written_with() -> None:
    assert not lines_with(TOOLS)


def test_no_tracked_file_carries_a_credential() -> None:
    assert not lines_with(KEYS)


def test_locked_packages_carry_hashes_and_no_addresses() -> None:
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        requirements = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
        assert len(requirements) > 20
        assert [line for line in requirements if "--hash=sha256:" not in line or "==" not in line] == []
        assert "://" not in text


def test_both_lock_files_agree_on_every_version() -> None:
    run, dev = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements" / name).read_text("utf-8"), re.MULTILINE))
        for name in ("run.txt", "dev.txt")
    )
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_locked_node_packages_carry_hashes_and_no_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity": "sha512-') > 10
