"""Every sentence that a person reads exists in every language, once, and with all its values."""

from collections import Counter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from customers.phrases import LOCALES, SOURCE_LANGUAGE, languages
from tests.handlers.sentences import UnreadableSentenceError, literals, placeholders, sentences, sentences_in

TRANSLATED = tuple(language for language in languages() if language != SOURCE_LANGUAGE)


def entries(language: str) -> list[tuple[str, Message]]:
    found = []
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            found += [(path.name, message) for message in read_po(file, locale=language) if message.id]
    return found


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def said_in(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    known = {key(message) for _, message in entries(language) if all(said_in(message))}

    missing = sorted({f"{said.where}: {said.one}" for said in sentences() if said.one not in known})

    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_translated_twice(language: str) -> None:
    counts = Counter(key(message) for _, message in entries(language))

    assert [sentence for sentence, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_of_a_sentence_that_nobody_says(language: str) -> None:
    written = literals()

    assert [
        f"{area}: {key(message)}" for area, message in entries(language) if key(message) not in written
    ] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_put_in_the_same_values(language: str) -> None:
    wrong = [
        f"{area}: {key(message)}"
        for area, message in entries(language)
        for translation in said_in(message)
        if placeholders(translation) != placeholders(key(message))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_counts_is_translated_as_counting(language: str) -> None:
    counting = {said.one: said.many for said in sentences() if said.many is not None}
    plain = [
        key(message)
        for _, message in entries(language)
        if key(message) in counting
        and (isinstance(message.id, str) or message.id[1] != counting[key(message)])
    ]

    assert plain == []


def test_the_finder_sees_all_ways_of_speaking() -> None:
    source = (
        "say('a')\ncontext.say('b')\nphrases(x)('c')\nstaff_say(context)('d')\n"
        "say.count('e', 'es', 2)\nphrases(x).count('f', 'fs', 2)\n'xx'.count('x')\n"
    )

    assert {(said.one, said.many) for said in sentences_in(source, "sample.py")} == {
        ("a", None),
        ("b", None),
        ("c", None),
        ("d", None),
        ("e", "es"),
        ("f", "fs"),
    }


def test_a_sentence_that_is_not_written_out_is_found() -> None:
    with pytest.raises(UnreadableSentenceError, match=r"sample\.py:1"):
        list(sentences_in("say(f'Hello {name}')", "sample.py"))
