"""In which language a text is, as the tag before it says; and which tag is meant by another one."""

import re

from babel import Locale, UnknownLocaleError

from customers.phrases import Phrases, language_of, languages
from store.errors import InputError

_TAGGED = re.compile(r"\s*([A-Za-z]{2,3}|中文|英文|英语)\s*[:：]\s*(.*)", re.DOTALL)
_LIKE_A_TAG = re.compile(r"\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*[:：].*", re.DOTALL)
_CHINESE_NAMES = {"中文": "zh", "英文": "en", "英语": "en"}

_REGIONAL = re.compile(r"([a-z]{2,3})[-_]((?:[A-Za-z]{4}[-_])?(?:[A-Za-z]{2}|[0-9]{3})|[A-Za-z]{4})")
"""A language with a script, a country or both: ``zh-Hant``, ``pt_BR``, ``es-419``, ``zh-hant-tw``."""

_WORDS = frozenset({"am", "as", "be", "he", "hi", "id", "is", "it", "lo", "my", "no", "or", "so", "to"})
"""Languages whose letters are a word: with a country in small letters, "so-so" is no Somali."""

_COUNTRIES = frozenset({"cn", "cz", "dk", "gr", "jp", "kr", "tw", "ua", "vn"})
"""Countries whose letters are often written for their language, and are no word, unlike "at" or "us"."""


def split_language(text: str) -> tuple[str | None, str]:
    """Take the language from the beginning of a text, as in ``zh: 您好``; None where there is none.

    A language that we ourselves do not speak is named in small letters (``de: Hallo``): "No: …" is
    how a sentence may begin.
    """
    found = _TAGGED.fullmatch(text)
    if found is None:
        return None, text
    tag = _CHINESE_NAMES.get(found[1], found[1].lower())
    is_one = tag in languages() or (found[1] == tag and language_of(tag, "") == tag)
    return (tag, found[2]) if is_one else (None, text)


def check_no_other_tag(text: str, say: Phrases, *, default: str | None) -> None:
    """Look at a text of which ``split_language`` found no language.

    Args:
        text: as it was written.
        say: the writer's language.
        default: the language of a text without a tag; None where it must have one. Elsewhere ``PS: …``
            stands for itself, and only what can hardly be words is a tag (``pt-br: …``, ``jp: …``).

    Raises:
        InputError: it begins with a tag that is none of ours; the text says which to write.
    """
    found = _LIKE_A_TAG.fullmatch(text)
    if found is None:
        return
    written = found[1]
    if default is None:
        raise InputError(_refusal(written, say))
    if written in _COUNTRIES or _is_regional(written):
        raise InputError(
            say(
                "“{written}:” is not how a language is named here: write “{tag}:” before the text, or "
                "“{default}: {written}: …” to keep it as it is.",
                written=written,
                tag=_meant_by(written),
                default=default,
            )
        )


def _refusal(written: str, say: Phrases) -> str:
    tag = _meant_by(written)
    if not tag:
        return say(
            "“{written}” is no language that I know. Its short name stands here, like «de: …».",
            written=written,
        )
    return say(
        "“{written}:” is not how a language is named here: write “{tag}:” before the text.",
        written=written,
        tag=tag,
    )


def _is_regional(tag: str) -> bool:
    """Tell whether a tag is a language with a script or a country in which it is written so."""
    found = _REGIONAL.fullmatch(tag)
    if found is None or (found[1] in _WORDS and found[2].islower()):
        return False
    try:
        locale = Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    # of what does not exist together Babel gives the language alone; of an old tag, such as in-, another one
    return locale.language == found[1] and bool(locale.script or locale.territory)


def _meant_by(tag: str) -> str:
    """Guess which language a tag means that is none of ours: ``jp`` is a country; "" where it means none."""
    language = language_of(tag, "")
    is_country = tag.lower() in _COUNTRIES or not language  # tw is an old tag of Akan, too
    return (is_country and _spoken_in(tag)) or language


def _spoken_in(country: str) -> str:
    """Name the language that most speak in a country (CLDR's likely subtags); "" where there is none such."""
    try:
        return Locale.parse(f"und_{country.upper()}").language
    except (UnknownLocaleError, ValueError):
        return ""
