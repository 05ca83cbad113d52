"""Nothing grows past what one reader can hold."""

import ast

from house.tracked import ROOT, SOURCE, python_files, shown

LINES_OF_A_FUNCTION = 70
LINES_OF_A_FILE = 400


def test_no_function_is_longer_than_seventy_lines() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name}: {lines}"
        for path in python_files(SOURCE, ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES_OF_A_FUNCTION
    ]
    assert not long, "split these functions:\n" + "\n".join(long)


def test_no_source_file_is_longer_than_four_hundred_lines() -> None:
    long = [
        f"{shown(path)}: {lines}"
        for path in python_files(SOURCE)
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LINES_OF_A_FILE
    ]
    assert not long, "split these files:\n" + "\n".join(long)
