"""In which language a text is, as the tag before it says; and which tag is meant by another one."""

import re

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from customers.phrases import Phrases, language_of, languages
from store.errors import InputError

_TAGGED = re.compile(r"\s*([A-Za-z]{2,3}|中文|英文|英语)\s*[:：]\s*(.*)", re.DOTALL)
_LIKE_A_TAG = re.compile(r"\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*[:：].*", re.DOTALL)
_CHINESE_NAMES = {"中文": "zh", "英文": "en", "英语": "en"}


def split_language(text: str, default: str) -> tuple[str, str]:
    """Take the language from the beginning of a text, as in ``zh: 您好``; ``default`` where there is none.

    A language that we ourselves do not speak is named in small letters (``de: Hallo``): "No: …" is
    how a sentence may begin.
    """
    found = _TAGGED.fullmatch(text)
    if found is None:
        return default, text
    tag = _CHINESE_NAMES.get(found[1], found[1].lower())
    is_one = tag in languages() or (found[1] == tag and language_of(tag, "") == tag)
    return (tag, found[2]) if is_one else (default, text)


def check_no_other_tag(text: str, say: Phrases, *, is_needed: bool) -> None:
    """Look at a text of which ``split_language`` found no language.

    Args:
        text: as it was written.
        say: the writer's language.
        is_needed: whether it must begin with a tag. Elsewhere ``PS: …`` stands for itself, and only one of a
            language in a country (``pt-br: …``) is taken for a tag.

    Raises:
        InputError: it begins with a tag that is none of ours; the text says which to write.
    """
    found = _LIKE_A_TAG.fullmatch(text)
    if found is None or not (is_needed or _is_regional(found[1])):
        return
    tag = _meant_by(found[1])
    if not tag:
        raise InputError(
            say(
                "“{written}” is no language that I know. Its short name stands here, like «de: …».",
                written=found[1],
            )
        )
    raise InputError(
        say(
            "“{written}:” is not how a language is named here: write “{tag}:” before the text.",
            written=found[1],
            tag=tag,
        )
    )


def _is_regional(tag: str) -> bool:
    if tag.isalpha():
        return False
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-") is not None
    except (UnknownLocaleError, ValueError):
        return False


def _meant_by(tag: str) -> str:
    """Guess which language a tag means that is none of ours: ``jp`` is a country; "" where it means none."""
    spoken = get_official_languages(tag.upper()) if tag.islower() and tag.isalpha() else ()
    return language_of(tag, "") or language_of(next(iter(spoken), ""), "")
