"""Which language we speak."""

from collections.abc import Sequence
from functools import cache

from babel import Locale

from customers.phrases import best_language, languages, phrases
from handlers.buttons import button, parse
from handlers.context import CustomerContext
from handlers.customer.welcome import stale_button
from store.outbox import Draft


def choose(context: CustomerContext) -> Sequence[Draft]:
    """Offer the languages we speak, or take the one that was named."""
    asked = context.incoming.argument
    tag = _known(asked)
    if tag:
        return _speak(context, tag)
    say = context.say
    rows = tuple((button(own_name(language), "language", language),) for language in languages())
    if asked:
        return (
            context.answer(say("I do not speak that one yet. Which of these do you like?"), buttons=rows),
        )
    return (context.answer(say("Which language do you like?"), buttons=rows),)


def set_language(context: CustomerContext) -> Sequence[Draft]:
    """Take the language whose button was tapped."""
    _, arguments = parse(context.incoming.button or "")
    tag = arguments[0] if len(arguments) == 1 else ""
    return _speak(context, tag) if tag in languages() else stale_button(context)


def _speak(context: CustomerContext, tag: str) -> Sequence[Draft]:
    context.customer.language = tag
    say = phrases(tag)
    return (context.answer(say("From now on I speak {language} with you.", language=own_name(tag))),)


def _known(asked: str) -> str:
    """Find the language that a tag or its own name means (``zh-hans``, ``中文``); "" where we do not."""
    named = {own_name(language).casefold(): language for language in languages()}
    return named.get(asked.casefold()) or best_language(asked, "")


@cache
def own_name(tag: str) -> str:
    """Name a language in itself."""
    locale = Locale.parse(tag)
    return (locale.get_display_name(tag) or tag).capitalize()
