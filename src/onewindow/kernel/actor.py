"""Who acts. A party is the unit of ownership and of sight: a company, a person, an agency, or an anonymous form."""

from __future__ import annotations

from dataclasses import dataclass

from onewindow.kernel.words import Words, registered_name

Party = str
"""`company:<id>` · `person:<id>` · `agency:<code>` · `anonymous:<nonce digest>` · `system:<follower>`"""


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller: the party it acts for, the roles it holds there, and how it came in.

    `name` is in English, `name_zh` the Chinese name as registered, if there is one.
    `principals` are the parties on whose behalf it may lodge today (mandates in force).
    `scopes` limit an API key (`lodge`, `read`, `act`, `webhooks`); empty means everything its roles allow.
    `mode` is `test` for keys whose submissions are real checks with sandbox answers.
    """

    party: Party
    name: str = ""
    user: str = ""
    roles: frozenset[str] = frozenset()
    principals: frozenset[Party] = frozenset()
    scopes: frozenset[str] = frozenset()
    mode: str = "live"
    name_zh: str = ""

    @property
    def names(self) -> Words:
        """The name in every language."""
        return registered_name(self.name, self.name_zh)

    @property
    def agency(self) -> str:
        """The agency's code when an agency acts, else the empty string."""
        kind, _, code = self.party.partition(":")
        return code if kind == "agency" else ""

    def may(self, scope: str) -> bool:
        """True when the key (if limited at all) carries `scope`."""
        return not self.scopes or scope in self.scopes


SYSTEM = Actor(party="system:engine", name="onewindow", roles=frozenset({"system"}))
