"""What parties are called, in the language of the page: agencies by the code list, companies as they are registered.

A document says what its lodger wrote, and an issued one what was signed; neither is changed. Where a stored text is
exactly the English name of one registered company, a Chinese page may say its Chinese name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from onewindow.bootstrap import platform
from onewindow.kernel.actor import Actor
from onewindow.kernel.words import Words
from onewindow.web.finding_services import agency_name


def party_names(actor: Actor) -> Words:
    """What the party is called for which somebody acts."""
    return agency_name(platform().catalogue, actor.agency) if actor.agency else actor.names


def chinese_names(actor: Actor, texts: Iterable[str], language: str) -> Mapping[str, str]:
    """Chinese names by those texts that are companies' English ones: one statement, none for an English page.

    The register of companies is open to whoever is somebody; a visitor who is nobody is told no names.
    """
    asked = {text for text in texts if not text.isdecimal()}
    if language == "en" or not actor.party or not asked:
        return {}
    return platform().companies.chinese_names(actor, asked)
