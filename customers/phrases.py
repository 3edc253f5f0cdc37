"""Every sentence that a person reads, in their language: gettext catalogues, read through Babel.

A language is a folder of ``locales/``, with a catalogue for each area (``customer.po``, ``staff.po``, …).
"""

import gettext
import io
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError, localedata
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locales"
SOURCE_LANGUAGE = "en"
WORLDWIDE = {"en": "en_001"}
"""How dates are written where the reader's country is not known and the language alone means one country's:
day before month, as in most that speak English (CLDR's English of the world)."""

SENTENCES = 4_096
"""So many are found at once, without a look through the catalogues; there are fewer, but none is too many."""

TAGS = 1_024
"""So many tags of apps are read once; there are a few hundred languages."""


class Phrases:
    """The sentences of one language; calling it translates one.

    The English sentence is the key. Values are put in after translation, by ``str.format``; they are
    never interpreted, so a customer's braces stay braces. ``language`` is its tag, ``locale`` says how dates
    are written: as in the language where the reader lives.
    """

    def __init__(self, language: str, catalogue: gettext.NullTranslations, locale: str | None = None) -> None:
        self.language, self.locale = language, locale or WORLDWIDE.get(language, language)
        self._catalogue = catalogue
        self._translated = lru_cache(maxsize=SENTENCES)(catalogue.gettext)

    def in_country(self, country: str) -> "Phrases":
        """Say the same sentences, with dates as one writes them in a country (ISO 3166, two letters)."""
        locale = f"{self.language}_{country.upper()}"
        return Phrases(self.language, self._catalogue, locale if localedata.exists(locale) else None)

    def __call__(self, sentence: str, **values: object) -> str:
        """Say a sentence in this language, with its values put in."""
        translated = self._translated(sentence)
        return translated.format(**values) if values else translated

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Say a sentence that depends on a number; ``{number}`` stands for it."""
        return self._catalogue.ngettext(one, many, number).format(number=number, **values)


def listed(parts: Iterable[str], say: Phrases) -> str:
    """Write parts one after another, as a language parts them; "" for none."""
    return say(", ").join(parts)


@cache
def languages() -> tuple[str, ...]:
    """Name the languages that have catalogues, English first."""
    found = sorted(path.name for path in LOCALES.iterdir() if path.is_dir() and any(path.glob("*.po")))
    return (SOURCE_LANGUAGE, *(language for language in found if language != SOURCE_LANGUAGE))


@lru_cache(maxsize=TAGS)
def language_of(tag: str | None, default: str) -> str:
    """Read which language a tag such as ``de`` or ``zh-Hans-CN`` means, one of ours or not.

    Returns:
        Its primary part as it is written now (``he`` for ``iw``); ``default`` where it names no language.
    """
    primary = (tag or "").replace("_", "-").partition("-")[0].lower()
    try:
        return Locale.parse(primary).language
    except (UnknownLocaleError, ValueError):
        return default


def best_language(tag: str | None, default: str) -> str:
    """Choose the catalogue for a tag such as ``zh-hans`` or ``pt-BR``; ``default`` where none fits."""
    language = language_of(tag, default)
    return language if language in languages() else default


@cache
def phrases(language: str, country: str | None = None) -> Phrases:
    """Load the catalogues of a language; one that has none speaks English.

    Args:
        language: its tag.
        country: of the reader, as ISO 3166 has it, where it is known: dates are written as one does there.
    """
    if country is not None:
        return phrases(language).in_country(country)
    if language not in languages():
        return phrases(SOURCE_LANGUAGE)
    merged: gettext.NullTranslations = gettext.NullTranslations()
    for path in sorted((LOCALES / language).glob("*.po")):
        catalogue = _compile(path, language)
        catalogue.add_fallback(merged)
        merged = catalogue
    return Phrases(language, merged)


def load_phrases() -> None:
    """Load the catalogues of all languages, which takes a tenth of a second, before anybody waits for one."""
    for language in languages():
        phrases(language)


def _compile(path: Path, language: str) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
