"""A mistake in a segment, pointed at: the text, what of it is wrong, and what to write."""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

from customers.phrases import SOURCE_LANGUAGE, Phrases, listed, phrases
from scheduler.pointing import with_carets, with_marks
from scheduler.segments.tree import Place
from store.errors import InputError

Worded = Callable[[Phrases], str]
"""What is wrong, in the reader's language."""

AROUND = 24
"""Characters that are shown of a long text on either side of a mistake."""
FEW, NAMED = 6, 12
"""So few choices are all named; so many where none is near."""


class SegmentError(InputError):
    """A segment cannot be read; its text is in the language it was made for, with carets.

    Attributes:
        source: what was written.
        place: what of it is wrong.
        inside: the mistake in the saved segment that is named there; None where there is none.
    """

    def __init__(
        self,
        source: str,
        place: Place,
        worded: Worded,
        *,
        language: str = SOURCE_LANGUAGE,
        inside: "SegmentError | None" = None,
    ) -> None:
        self.source, self.place, self.inside, self._worded = source, place, inside, worded
        super().__init__(self.in_words(phrases(language)))

    def said_in(self, language: str) -> "SegmentError":
        """Give the same mistake with its text in another language."""
        return SegmentError(self.source, self.place, self._worded, language=language, inside=self.inside)

    def in_words(self, say: Phrases) -> str:
        """Give the text with carets under the mistake and what is wrong, in a language."""
        words = f"{with_carets(*_excerpt(self.source, self.place))} {self._worded(say)}"
        return words if self.inside is None else f"{words}\n{self.inside.in_words(say)}"

    def in_chat(self, say: Phrases) -> str:
        """Give the same for a chat, where carets would point anywhere: the mistake stands between marks."""
        words = f"{with_marks(*_excerpt(self.source, self.place))}\n{self._worded(say)}"
        return words if self.inside is None else f"{words}\n{self.inside.in_chat(say)}"


def near(word: str, choices: Iterable[str]) -> Sequence[str]:
    """Choose what may be meant by a word: what is spelt much like it; else all, where there are few."""
    known = list(dict.fromkeys(choices))
    if len(known) <= FEW:
        return known
    small = {choice.lower(): choice for choice in known}
    found = get_close_matches(word.lower(), small, n=3, cutoff=0.6)
    return [small[choice] for choice in found] or (known if len(known) <= NAMED else ())


def no_such(sentence: Worded, word: str, choices: Iterable[str]) -> Worded:
    """Say that something does not exist, and what may be meant."""
    meant = near(word, choices)

    def worded(say: Phrases) -> str:
        if not meant:
            return sentence(say)
        return say("{mistake}. Did you mean: {meant}?", mistake=sentence(say), meant=listed(meant, say))

    return worded


def written_like(name: str, example: str) -> Worded:
    """Say how a field is used, by an example."""
    return lambda say: say("“{name}” is written like this: {example}", name=name, example=example)


def _excerpt(source: str, place: Place) -> tuple[str, int, int]:
    """Give one line with the mistake in it, where it stands there, and how much of it is shown."""
    line = "".join(" " if character.isspace() else character for character in source)
    start = max(0, place.start - AROUND) if len(line) > 3 * AROUND else 0
    end = place.start + max(place.length, 1) + AROUND if len(line) > 3 * AROUND else len(line)
    head, tail = "…" if start else "", "…" if end < len(line) else ""
    shown = f"{head}{line[start : min(end, start + 4 * AROUND)]}{tail}"
    before = len(head) + place.start - start
    return shown, before, max(0, min(place.length, len(shown) - before))
