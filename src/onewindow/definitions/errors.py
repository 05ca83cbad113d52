"""A broken definition: where, what is wrong, and how to mend it."""

from __future__ import annotations

from onewindow.definitions.model import Place


class DefinitionError(Exception):
    """Refuses a definition at start. Shows as `file:line: problem — cure`."""

    def __init__(self, place: Place, problem: str, cure: str) -> None:
        super().__init__(f"{place}: {problem} — {cure}")
        self.place = place
        self.problem = problem
        self.cure = cure


class BrokenDefinitions(Exception):
    """Every error of every definition, so that one start shows all there is to mend."""

    def __init__(self, errors: list[DefinitionError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors
