"""Both looks at once, for texts that nobody waits for one by one."""

from collections.abc import Sequence
from dataclasses import replace

from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.choosing import READ
from feedback.second_look.deciding import OPINIONS, decide, first_look, weighed
from feedback.second_look.model import SecondLook, second_look
from feedback.understanding import NEUTRAL_BELOW, Understanding, understand
from store.feedback_kinds import FeedbackKind


def read_both(texts: Sequence[str]) -> list[Understanding]:
    """Understand texts with both looks, or with the first alone where there is no second.

    Where the second cannot be had that is said once, in the log. Some dozens of texts at a time are
    fastest; each costs milliseconds.
    """
    firsts = [understand(text) for text in texts]
    look = second_look()
    return firsts if look is None else with_second(firsts, texts, look)


def with_second(
    firsts: Sequence[Understanding], texts: Sequence[str], look: SecondLook
) -> list[Understanding]:
    """Refine what the first look found in texts, where the second reads their language."""
    places = [place for place, first in enumerate(firsts) if first.language in READ]
    found = list(firsts)
    for place, opinion in zip(places, look.read([texts[place] for place in places]), strict=True):
        if opinion is not None:
            found[place] = refined(firsts[place], opinion, may_clear=True)
    return found


def refined(first: Understanding, opinion: SecondOpinion, *, may_clear: bool = False) -> Understanding:
    """Let a second look count beside the first; its words, aspects and severity stay.

    Args:
        first: what the first look found.
        opinion: what the second look found.
        may_clear: whether a complaint may turn out to be none, and small changes count: where no case and no
            entry of the record hangs on it.
    """
    before = first_look(first)
    if may_clear:
        look = weighed(before, opinion, may_clear=True) if before.kind in OPINIONS else before
    else:
        look = decide(before, opinion)
    if look is before:
        return first
    kinds = dict(first.kinds) | {FeedbackKind.COMPLAINT: round(look.complaint, 3)}
    if look.kind is not first.kind:
        kinds[look.kind] = max(kinds.get(look.kind, 0.0), *look.probabilities)
    ranked = sorted(kinds.items(), key=lambda item: -item[1])
    return replace(
        first,
        kind=look.kind,
        polarity=look.polarity,
        sentiment=_sentiment_of(look.polarity),
        probabilities=look.probabilities,
        kinds=tuple(ranked),
    )


def _sentiment_of(polarity: float) -> str:
    if polarity <= -NEUTRAL_BELOW:
        return "negative"
    return "positive" if polarity >= NEUTRAL_BELOW else "neutral"
