"""What checking says of a document: one finding a fault, with its place and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onewindow.kernel.words import Words

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `pointer` is an RFC 6901 JSON Pointer; `xpath` stands beside it when the document came as XML."""

    code: str
    severity: Severity
    pointer: str
    message: Words
    remedy: Words
    law: str = ""
    value: object = None
    xpath: str = ""

    def as_dict(self) -> dict[str, object]:
        """Wire shape of the contract."""
        wire: dict[str, object] = {
            "code": self.code,
            "severity": self.severity,
            "pointer": self.pointer,
            "message": self.message.as_dict(),
            "remedy": self.remedy.as_dict(),
            "law": self.law,
            "value": self.value,
        }
        if self.xpath:
            wire["xpath"] = self.xpath
        return wire


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of checking: the same for a dry run and for lodging.

    `not_checked` lists the codes of standing rules that were not run (they need the state of the world).
    """

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when no finding is an error; warnings do not refuse."""
        return not any(finding.severity == "error" for finding in self.findings)


def pointer_of(parts: tuple[str | int, ...]) -> str:
    """RFC 6901: `("goods", 0, "a/b")` becomes `/goods/0/a~1b`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
