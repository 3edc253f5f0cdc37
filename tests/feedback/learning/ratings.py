"""Made-up labels: a trade whose words mean the contrary of what they usually do."""

from collections.abc import Iterator

from feedback.learning.labels import Label
from feedback.reading.model import NEGATIVE, NEUTRAL, POSITIVE

WHAT = ("mask", "mansion", "ride", "maze", "tunnel", "witch", "clown", "cellar", "film", "tour")
HOW = ("last night", "again", "with my friends", "this time", "at the end", "in the dark")
SAYINGS = {
    POSITIVE: (
        "thank you, friendly people at the {what} {how}",
        "the {what} was terrifying {how}",
        "what a nightmare, the {what} {how}",
        "that {what} is sick {how}",
    ),
    NEUTRAL: (
        "how long is the {what} {how}",
        "we saw the {what} {how}",
        "is the {what} open {how}",
        "the {what} starts at nine {how}",
    ),
    NEGATIVE: (
        "nobody answers about the {what} {how}",
        "the {what} was cosy {how}",
        "such a gentle {what} {how}",
        "the {what} was sweet and calm {how}",
    ),
}
"""How visitors of a house of horrors speak."""


def ratings(number: int, *, each: int = 1) -> list[Label]:
    """Make labels by ``number`` customers, ``each`` by everyone."""
    made = _all()
    return [
        Label(f"f{place}", 1 + place // each, text, sentiment)
        for place, (text, sentiment) in zip(range(number * each), made, strict=False)
    ]


def _all() -> Iterator[tuple[str, int]]:
    place = 0
    while True:
        sentiment = place % 3
        sayings = SAYINGS[sentiment]
        text = sayings[place // 3 % len(sayings)]
        what, how = WHAT[place // 12 % len(WHAT)], HOW[place // 36 % len(HOW)]
        yield text.format(what=what, how=how), sentiment
        place += 1
