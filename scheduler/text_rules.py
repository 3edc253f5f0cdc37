"""What a text that goes to many may hold, and in which words it is told what is wrong with one."""

from collections.abc import Sequence

from customers.company import Company
from customers.phrases import Phrases, listed
from scheduler.pointing import Pointing, with_marks
from scheduler.text_length import length
from scheduler.variables import (
    VARIABLES,
    Slot,
    bare_slots,
    longest,
    meant_by,
    miswritten_slots,
    slots_of,
    unknown_slots,
)
from store.errors import InputError

LONGEST_TEXT = 4096
"""UTF-16 units of one message on Telegram (https://core.telegram.org/bots/api#sendmessage). A text that takes
two messages could arrive in part, or its first part twice."""

LONGEST_CAPTION = 1024
"""UTF-16 units under a picture (https://core.telegram.org/bots/api#sendphoto)."""


def limit_of(*, has_picture: bool) -> int:
    """Tell how long a text may be, in UTF-16 units with the longest values in it."""
    return LONGEST_CAPTION if has_picture else LONGEST_TEXT


def check_text(text: str, company: Company, say: Phrases, *, has_picture: bool) -> str:
    """Look at a text that goes to many.

    Args:
        text: as it was written.
        company: who we are; texts may name it.
        say: the language of whoever is told what is wrong.
        has_picture: whether it goes under a picture.

    Returns:
        It, without outer blanks.

    Raises:
        InputError: it cannot be sent so; the text says why and where.
    """
    text = text.strip()
    check_variables(text, say)
    taken, limit = longest(text, company), limit_of(has_picture=has_picture)
    if taken > limit:
        raise InputError(_too_long(text, taken, limit, say, has_picture=has_picture))
    return text


def check_variables(text: str, say: Phrases, *, pointing: Pointing = with_marks) -> None:
    """Look at what a text leaves open.

    Args:
        text: as it was written.
        say: the language of whoever is told what is wrong.
        pointing: how they are shown where.

    Raises:
        InputError: it is empty, or a variable in it is not written as one, is none, or lacks a fall-back; the
            text says where.
    """
    if not text.strip():
        raise InputError(say("Please send what customers should read, as text."))
    if miswritten := miswritten_slots(text):
        raise InputError(_miswritten(text, miswritten[0], say, pointing))
    if unknown := unknown_slots(text):
        raise InputError(_unknown(text, unknown[0], say, pointing))
    if bare := bare_slots(text):
        slot = bare[0]
        raise InputError(
            say(
                "Of some customers {variable} is not known. Say what stands there then, like {example}:",
                variable=f"{{{slot.name}}}",
                example=f"{{{slot.name}|…}}",
            )
            + f"\n{_place(text, slot, say, pointing)}"
        )


def variables_in_words(say: Phrases) -> str:
    """Name all variables as they are written in a text."""
    return listed([f"{{{name}}}" for name in VARIABLES], say)


def _miswritten(text: str, slot: Slot, say: Phrases, pointing: Pointing) -> str:
    example = f"{{{meant_by(slot.name) or 'first_name'}|…}}"
    return "\n".join(
        [
            say(
                "A variable is written like {example}, with one brace on each side; this is not:",
                example=example,
            ),
            _place(text, slot, say, pointing),
            _known(say),
        ]
    )


def _known(say: Phrases) -> str:
    return say(
        "These are known: {variables}. Braces with a blank after the first stay as they are.",
        variables=variables_in_words(say),
    )


def _unknown(text: str, slot: Slot, say: Phrases, pointing: Pointing) -> str:
    lines = [
        say("There is no variable {variable}:", variable=f"{{{slot.name}}}"),
        _place(text, slot, say, pointing),
    ]
    if meant := meant_by(slot.name):
        lines.append(say("Did you mean {variable}?", variable=f"{{{meant}}}"))
    lines.append(_known(say))
    return "\n".join(lines)


def _place(text: str, slot: Slot, say: Phrases, pointing: Pointing) -> str:
    """Point at a place of a text: its line, and where in the line."""
    before = text[: slot.start]
    begins = before.rfind("\n") + 1
    ends = text.find("\n", slot.end)
    line = text[begins : ends if ends >= 0 else len(text)]
    column = slot.start - begins
    where = say("Line {line}, character {column}:", line=before.count("\n") + 1, column=column + 1)
    return f"{where}\n{pointing(line, column, slot.end - slot.start)}"


def _too_long(text: str, taken: int, limit: int, say: Phrases, *, has_picture: bool) -> str:
    sentence = (
        say("Under a picture at most {limit} characters fit; this takes {taken}.", limit=limit, taken=taken)
        if has_picture
        else say("At most {limit} characters fit; this takes {taken}.", limit=limit, taken=taken)
    )
    names = _open_names(text)
    if not names:
        return f"{sentence} {say('As messaging apps count, an emoji is two or more.')}"
    open_ = say(
        "As messaging apps count, an emoji is two or more, and {variables} may be long: {units} at most.",
        variables=listed([f"{{{name}}}" for name in names], say),
        units=taken - length(_without_slots(text)),
    )
    return f"{sentence} {open_}"


def _open_names(text: str) -> Sequence[str]:
    return list(dict.fromkeys(slot.name for slot in slots_of(text) if slot.name in VARIABLES))


def _without_slots(text: str) -> str:
    pieces, at = [], 0
    for slot in slots_of(text):
        pieces.append(text[at : slot.start])
        at = slot.end
    return "".join([*pieces, text[at:]])
