"""What a marketer says of a campaign, read: texts by language, a picture, buttons."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from customers.company import Company
from customers.phrases import Phrases
from handlers.customer.attachments import FETCHED_AT_MOST
from handlers.incoming import AttachmentKind, Incoming
from handlers.marketing.bare_links import meant_as_both, meant_as_link
from handlers.marketing.text_tags import check_no_other_tag, split_language
from scheduler.definitions.template import LONGEST_LABEL, LONGEST_THANKS, MOST_BUTTONS, is_link
from scheduler.text_length import length
from scheduler.text_rules import LONGEST_CAPTION, check_text
from scheduler.variables import longest, slots_of
from store.errors import InputError

SEPARATOR = re.compile(r"\s*[|｜]\s*")

Texts = Mapping[str, str]


def read_message(
    text: str, say: Phrases, *, company: Company, has_picture: bool, default: str | None = None
) -> tuple[str, str]:
    """Read a text for customers, and in which language it is.

    Args:
        text: as it was written; a language tag may stand before it.
        say: the writer's language.
        company: who we are.
        has_picture: whether it goes under a picture.
        default: the language of a text without a tag; None where it must have one.

    Raises:
        InputError: it cannot be sent so.
    """
    language, words = split_language(text)
    if language is None:
        check_no_other_tag(text, say, default=default)
        language = default
    if language is None:
        raise InputError(
            say(
                "Begin with the language, like «{example}» or «de: …».",
                example="zh: 您好！" if company.language != "zh" else "en: Hello!",
            )
        )
    return language, check_text(words, company, say, has_picture=has_picture)


def read_picture(
    incoming: Incoming, texts: Sequence[str], say: Phrases, *, company: Company
) -> dict[str, Any]:
    """Read the picture that somebody sent, as a campaign keeps it.

    Raises:
        InputError: it is none, too large, or a text is too long to stand under it.
    """
    photos = [one for one in incoming.attachments if one.kind is AttachmentKind.PHOTO and one.reference]
    if not photos:
        raise InputError(say("Please send the picture as a photo, or tap Skip."))
    if (photos[-1].size or 0) > FETCHED_AT_MOST:
        raise InputError(
            say("This picture is too large to be brought from one app to another; send a smaller one.")
        )
    taken = max(longest(text, company) for text in texts)
    if taken > LONGEST_CAPTION:
        raise InputError(
            say(
                "Under a picture at most {limit} characters fit, and a text takes {taken}. Tap Skip, or "
                "/cancel and begin with a shorter text.",
                limit=LONGEST_CAPTION,
                taken=taken,
            )
        )
    return {
        "kind": str(photos[-1].kind),
        "channel": incoming.channel,
        "reference": photos[-1].reference,
        "name": photos[-1].name,
    }


def read_buttons(text: str, say: Phrases, *, language: str) -> list[dict[str, Any]]:
    """Read buttons, one a line: what stands on it, and after a ``|`` what is answered, or a link.

    Raises:
        InputError: one cannot be read, or there are too many.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(say("Please send the buttons, one a line, or tap Skip."))
    if len(lines) > MOST_BUTTONS:
        raise InputError(
            say("These are {number} buttons; at most {limit} fit.", number=len(lines), limit=MOST_BUTTONS)
        )
    return [_read_button(line, say, language) for line in lines]


def _read_button(line: str, say: Phrases, language: str) -> dict[str, Any]:
    _refuse_variable(line, say)
    label, *more = SEPARATOR.split(line, maxsplit=1)
    rest = more[0].strip() if more else ""
    label = " ".join(label.split())
    leads_somewhere = re.match(r"(?i)[a-z][a-z0-9+.-]*:", rest) and "://" in rest.split()[0]
    if not leads_somewhere:
        _refuse_bare_link(line, label, rest, say)  # before the label's length, which such a link is part of
    _check_label(line, label, say)
    if leads_somewhere:
        if not is_link(rest):
            raise InputError(say("“{line}”: this is no link that a button can lead to.", line=line[:80]))
        return {"label": {language: label}, "thanks": {}, "link": rest}
    if length(rest) > LONGEST_THANKS:
        raise InputError(
            say("“{line}”: the answer has at most {limit} characters.", line=line[:80], limit=LONGEST_THANKS)
        )
    return {"label": {language: label}, "thanks": {language: rest} if rest else {}, "link": None}


def _check_label(line: str, label: str, say: Phrases) -> None:
    if not label or len(label) > LONGEST_LABEL:
        raise InputError(
            say(
                "“{line}”: a button has 1 to {limit} characters before the |.",
                line=line[:80],
                limit=LONGEST_LABEL,
            )
        )


def _refuse_variable(line: str, say: Phrases) -> None:
    if slots := slots_of(line):
        raise InputError(
            say(
                "“{line}”: a button and its answer are the same for all, so {variable} would stand there as "
                "it is. Write it without.",
                line=line[:80],
                variable=f"{{{slots[0].name}}}",
            )
        )


def _refuse_bare_link(line: str, label: str, rest: str, say: Phrases) -> None:
    both = meant_as_both(label)
    if rest:
        link = meant_as_link(rest)
        both = (label, link) if link else None
    if both is None:
        return
    raise InputError(
        say(
            "“{line}”: a link stands after a | and begins with https://, like {example}.",
            line=line[:80],
            example=f"{both[0] or '…'} | {both[1]}",
        )
    )


def is_skip(text: str) -> bool:
    """Tell whether words say that a step is skipped."""
    return unicodedata.normalize("NFKC", text).strip().lower() in {"skip", "-", "跳过", "不用"}
