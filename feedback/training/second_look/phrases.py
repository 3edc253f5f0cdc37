"""Short examples out of our own word lists, ratings, and misspelt words: what no data set has enough of.

"Thanks for nothing", "5 out of 5", "excelent": customers write so, and the sets are reviews and talk.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from feedback.lexicon_en import WORDS
from feedback.matching import Rule
from feedback.rules_en import PHRASES, PROBLEMS
from feedback.training.second_look.examples import Example
from feedback.training.second_look.labels import NEGATIVE, NEUTRAL, NOT_SAID, POSITIVE

CLEAR_FROM, WORD_CLEAR_FROM = 0.4, 0.45
"""Rules with a smaller weight tell too little by themselves."""
MIDDLING, GOOD = 0.5, 0.7
"""Shares of the most stars: from the first on a rating is neutral, from the second on positive."""
SOURCE = "our phrases"
SAMPLES = 7
"""Of each turn of phrase; its alternatives are drawn by lot."""
THINGS = ("service", "staff", "food", "delivery", "app", "room", "price", "quality", "support", "it", "place")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_MISSPELT = 5
_NUMBERS = ("one", "two", "three", "four", "five")
_TAILS = ("", "", " from me", " for the service", " for this", " overall")


def phrases(chance: random.Random) -> list[Example]:
    """Make examples of our own lists and of ratings, in the order of ``chance``."""
    turns = [_turn(rule, chance) for rule in (*PROBLEMS, *PHRASES) for _ in range(SAMPLES) if _is_clear(rule)]
    made = [*turns, *_words(chance), *_ratings(chance)]
    chance.shuffle(made)
    return made


def misspelt(example: Example, chance: random.Random) -> Example:
    """Misspell a longer word of an example: a letter is left out, doubled, changed, or changes places."""
    words = example.text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= _SHORTEST_MISSPELT and word.isalpha()]
    if not long:
        return example
    place = chance.choice(long)
    words[place] = _misspelt_word(words[place], chance)
    return replace(example, text=" ".join(words))


def _misspelt_word(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return chance.choice(
        (
            before + after,
            before + 2 * letter + after,
            before + chance.choice(_LETTERS) + after,
            before + after[0] + letter + after[1:],
        )
    )


def _is_clear(rule: Rule) -> bool:
    return abs(rule.weight) >= CLEAR_FROM


def _turn(rule: Rule, chance: random.Random) -> Example:
    """Make one text that a rule's pattern matches, with nothing in its gaps."""
    elements = [element for element in rule.pattern.split(" ") if not element.startswith("~")]
    text = " ".join(_one_of(element, chance) for element in elements)
    return _example(text, rule.weight, blames_us=rule.problem)


def _one_of(element: str, chance: random.Random) -> str:
    """Draw a word; of those that stand for all that begins so, only where there is no other."""
    words = element.split("|")
    whole = [word for word in words if not word.endswith("*")]
    return chance.choice(whole or words).rstrip("*")


def _words(chance: random.Random) -> Iterator[Example]:
    for rule in WORDS:
        if abs(rule.weight) < WORD_CLEAR_FROM:
            continue
        word, thing = rule.pattern, chance.choice(THINGS)
        frame = chance.choice(("{word}", "{word} {thing}", "{thing} {word}", "so {word}", "{word}!"))
        yield _example(frame.format(word=word, thing=thing), rule.weight)
        if rule.weight > 0:
            yield _example(chance.choice(("not {word}", "not {word} at all")).format(word=word), -rule.weight)


def _example(text: str, weight: float, *, blames_us: bool = False) -> Example:
    if weight > 0:
        return Example(text, POSITIVE, 0, SOURCE)
    return Example(text, NEGATIVE, 1 if blames_us else NOT_SAID, SOURCE)


def _ratings(chance: random.Random) -> Iterator[Example]:
    """Make ratings out of five and of ten; the middle is neutral."""
    for most in (5, 10):
        for stars in range(most + 1):
            share = stars / most
            sentiment = NEGATIVE if share < MIDDLING else NEUTRAL if share < GOOD else POSITIVE
            for said in _said(stars, most):
                text = said + chance.choice(_TAILS)
                yield Example(text, sentiment, NOT_SAID if sentiment == NEGATIVE else 0, SOURCE)


def _said(stars: int, most: int) -> Iterator[str]:
    yield from (
        f"{stars}/{most}",
        f"{stars} out of {most}",
        f"i give it {stars} out of {most}",
        f"{stars} / {most}",
    )
    if most == len(_NUMBERS):
        named = _NUMBERS[stars - 1] if stars else "zero"
        ending = "" if stars == 1 else "s"
        yield from (
            f"{stars} star{ending}",
            f"{named} star{ending}",
            f"{named} out of five",
            f"{named} star review",
        )
