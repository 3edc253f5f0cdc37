"""A campaign's buttons in another language: as many as in the first, each of the same sort, in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from customers.phrases import Phrases, listed
from handlers.customer.language import own_name
from handlers.marketing.campaign_fields import read_buttons
from scheduler.campaigns.content import in_language
from store.errors import InputError

Asked = Mapping[str, Any]


def add_labels(
    buttons: Sequence[Asked], text: str, say: Phrases, *, language: str, first: str
) -> list[dict[str, Any]]:
    """Read the same buttons in another language, in the same order; links stay where they lead.

    Args:
        buttons: as they are in the first language.
        text: one a line.
        say: the writer's language.
        language: in which they are read.
        first: the first language.

    Raises:
        InputError: they differ in number or sort from those of the first language, or one cannot be read; it
            says which, and what to write.
    """
    given = read_buttons(text, say, language=language)
    if len(given) != len(buttons):
        raise InputError(_too_many_or_few(buttons, len(given), say, language=language, first=first))
    pairs = list(zip(buttons, given, strict=True))
    faults = [
        fault
        for place, (one, new) in enumerate(pairs, 1)
        if (fault := _difference(one, new, place, say, language=language, first=first))
    ]
    if faults:
        raise InputError(
            "\n".join(
                [*faults, say("Please send all lines in {language} again.", language=own_name(language))]
            )
        )
    return [
        {**one, "label": {**one["label"], **new["label"]}, "thanks": {**one["thanks"], **new["thanks"]}}
        for one, new in pairs
    ]


def _too_many_or_few(buttons: Sequence[Asked], given: int, say: Phrases, *, language: str, first: str) -> str:
    told = say.count(
        "There is {number} button; please send one line in {language}.",
        "There are {number} buttons; please send as many lines in {language}, in the same order.",
        len(buttons),
        language=own_name(language),
    )
    labels = listed([in_language(one["label"], first, first) for one in buttons], say)
    got = say(
        "You sent {given}. In {first} they are: {labels}.", given=given, first=own_name(first), labels=labels
    )
    return f"{told} {got}"


def _difference(one: Asked, new: Asked, place: int, say: Phrases, *, language: str, first: str) -> str | None:
    """Say in what a button differs from the one in the first language, and what to write; None in nothing."""
    (label,) = new["label"].values()
    values = {
        "place": place,
        "language": own_name(language),
        "first": own_name(first),
        "button": in_language(one["label"], first, first),
    }
    if one["link"] is None:
        if new["link"] is None:
            return None
        return say(
            "Button {place} in {language} is a link, but “{button}” in {first} is an answer. "
            "Write: {example}",
            example=f"{label} | …" if one["thanks"] else label,
            **values,
        )
    if new["thanks"]:
        return say(
            "Button {place} in {language} is an answer, but “{button}” in {first} is a link. "
            "Write: {example}",
            example=label,
            **values,
        )
    if new["link"] not in (None, one["link"]):
        return say(
            "Button {place} in {language} leads elsewhere than “{button}” in {first}; a button has one link "
            "for all languages. Write: {example}",
            example=label,
            **values,
        )
    return None
