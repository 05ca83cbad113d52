"""A name says what is inside."""

import ast

from house.tracked import ROOT, SOURCE, python_files, shown, tracked_files

SAYS_NOTHING = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}


def test_no_file_or_folder_is_named_after_nothing() -> None:
    empty = [shown(path) for path in tracked_files() if SAYS_NOTHING & {path.stem, *path.relative_to(ROOT).parts}]
    assert not empty, "say what is inside:\n" + "\n".join(empty)


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        shown(path)
        for path in python_files(SOURCE)
        if "migrations" not in path.parts and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent, "begin these with a line on their purpose:\n" + "\n".join(silent)
