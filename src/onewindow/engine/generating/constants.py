"""Values lifted out of generated code, under names that say their kind: RE, FIND, SET, DEC, CODES, COLUMN, SEEN."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Constants:
    """Values lifted out of the generated functions, by name."""

    values: dict[str, object] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def codes(self, name: str) -> str:
        """The variable that holds a list's codes of the day."""
        return self.lists.setdefault(name, f"CODES_{name.replace('-', '_')}")

    def codes_where(self, name: str, column: str, equals: str) -> str:
        """The variable that holds the codes of a list whose further column has that value."""
        return self.columns.setdefault((name, column, equals), f"COLUMN_{len(self.columns)}")

    def name(self, prefix: str, value: object) -> str:
        """A name for `value`; equal values share one."""
        for name, known in self.values.items():
            if name.startswith(prefix) and type(known) is type(value) and known == value:
                return name
        name = f"{prefix}{len(self.values)}"
        self.values[name] = value
        return name
