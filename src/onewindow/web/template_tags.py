"""What every template may say: words by key, words of definitions, days and moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.template import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from onewindow.definitions.codes import Code
from onewindow.definitions.model import Limit
from onewindow.kernel.actor import Actor
from onewindow.kernel.words import Words
from onewindow.web import static_files
from onewindow.web.dates import day_in_words, moment_in_words
from onewindow.web.forms import choices
from onewindow.web.language import language_now
from onewindow.web.laws import law_in_words
from onewindow.web.registered import party_names
from onewindow.web.words_catalogue import role_words, words_of

register = template.Library()


@register.simple_tag
def say(key: str, **values: object) -> SafeString:
    """`{% say "home.title" %}`; `{name}` in the words is filled with the value, escaped. Raises UnknownWords."""
    text = str(conditional_escape(words_of(key).of(language_now())))
    for name, value in values.items():
        shown = value.of(language_now()) if isinstance(value, Words) else value
        text = text.replace("{" + name + "}", str(conditional_escape(str(shown))))
    return mark_safe(text)  # noqa: S308 - the catalogue's text and every value were escaped above


@register.filter
def words(value: object) -> object:
    """`Words` in the language of the page; anything else as it is; nothing for None."""
    if isinstance(value, Words):
        return value.of(language_now())
    return "" if value is None else value


@register.filter
def law(value: str) -> str:
    """A law as it is quoted in the language of the page."""
    return law_in_words(value, language_now())


@register.filter
def party(actor: Actor) -> str:
    """What the party is called for which somebody acts."""
    return party_names(actor).of(language_now())


@register.filter
def day(value: date | datetime | None) -> str:
    """A day in words."""
    return "" if value is None else day_in_words(value, language_now())


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in words, Hong Kong's time."""
    return "" if value is None else moment_in_words(value, language_now())


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file; it changes with the content, so that browsers may keep it for ever."""
    return static_files.address(name)


@register.simple_tag
def say_family(family: str) -> SafeString:
    """The name of a family of services."""
    return say(f"service.family_{family}")


@register.simple_tag
def say_limit(limit: Limit) -> SafeString:
    """A length of time in words: `2 working days`."""
    return say(f"service.{limit.unit}_one" if limit.amount == 1 else f"service.{limit.unit}", n=limit.amount)


@register.filter
def role(value: str) -> str:
    """The name of a role."""
    return role_words(value).of(language_now())


@register.filter
def joined(values: Iterable[object]) -> str:
    """Values as one line."""
    return " · ".join(str(value) for value in values if value)


@register.filter
def split_words(text: str) -> list[str]:
    """A text at its spaces."""
    return text.split()


@register.simple_tag
def say_task_state(state: str) -> SafeString:
    """The word for a task's state."""
    return say(f"task.state_{state}")


@register.simple_tag
def task_state(state: str) -> SafeString:
    """A task's state as a badge."""
    tone = {"pending": "waiting", "claimed": "progress", "held": "waiting", "split": "progress"}.get(state, "closed")
    return format_html('<span class="state state-{}">{}</span>', tone, say_task_state(state))


@register.simple_tag(takes_context=True)
def carry(context: Context, **changes: object) -> str:
    """The page's own parameters with changes, as a query string."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters[name] = str(value)
    return str(parameters.urlencode())


@register.filter
def labelled(entry: Code) -> str:
    """An entry of a code list as a choice."""
    return choices.labelled(entry.code, entry.words.of(language_now()))


@register.simple_tag
def say_scope(scope: str) -> SafeString:
    """The word for what a key may do."""
    return say(f"company.scope_{scope}")
