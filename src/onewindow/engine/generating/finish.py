"""A last touch to `passes`: rows without their numbers, since nothing is numbered when the first fault ends it."""

from __future__ import annotations

import ast


def finished(lines: list[str]) -> list[str]:
    """The source with loops over rows alone."""
    tree = ast.parse("\n".join(lines))
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Call):
            place, row = node.target.elts
            assert isinstance(place, ast.Name)
            if place.id not in read:
                node.target, node.iter = row, node.iter.args[0]
    return [*ast.unparse(tree).splitlines(), ""]
