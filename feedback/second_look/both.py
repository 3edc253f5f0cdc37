"""Both looks at once, for texts that nobody waits for one by one."""

from collections.abc import Sequence
from dataclasses import replace

from feedback.reading.kinds import NAMED_FROM
from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.choosing import READ
from feedback.second_look.deciding import OPINIONS, Look, decide, first_look, weighed
from feedback.second_look.model import SecondLook, second_look
from feedback.small_talk import SmallTalk, says_punctual, small_talk, without_number
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
    """Refine what the first look found in texts, where the second reads their language.

    Of what is known as a whole ("could be better") the rule says all.
    """
    places = [
        place
        for place, (first, text) in enumerate(zip(firsts, texts, strict=True))
        if first.language in READ and not is_known(text)
    ]
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
            entry of the record hangs on it. One that speaks of danger or of a lawyer, or finds a part of the
            service bad, stays one.
    """
    before = first_look(first)
    if may_clear:
        look = weighed(before, opinion, may_clear=True) if before.kind in OPINIONS else before
        if before.kind is FeedbackKind.COMPLAINT is not look.kind and _stands(first):
            look = before
    else:
        look = decide(before, opinion)
    if look is before:
        return first
    return replace(
        first,
        kind=look.kind,
        polarity=look.polarity,
        sentiment=_sentiment_of(look.polarity),
        probabilities=look.probabilities,
        kinds=_kinds(first, before, look),
    )


def is_known(text: str) -> bool:
    """Tell whether a rule knows an opinion as a whole, and so all that it says: "could be better".

    Of "arrived on time" the second look thinks the worse the plainer it is: what it learnt from speaks of
    time where something is late.
    """
    return small_talk(without_number(text)) is SmallTalk.LUKEWARM or says_punctual(text)


def _stands(complaint: Understanding) -> bool:
    """Whether a complaint says itself what is wrong: it is one however kind the rest of it sounds."""
    faults = (part for part in complaint.aspects if part.words and part.polarity <= -NEUTRAL_BELOW)
    return bool(complaint.severity) or any(faults)


def _kinds(first: Understanding, before: Look, look: Look) -> tuple[tuple[FeedbackKind, float], ...]:
    """Say how likely each kind is by both looks, the likeliest first."""
    kinds = dict(first.kinds)
    complaint = look.complaint
    if look.kind is FeedbackKind.COMPLAINT is before.kind and complaint < NAMED_FROM:
        complaint = before.complaint
    kinds[FeedbackKind.COMPLAINT] = round(complaint, 3)
    if look.kind is not before.kind:
        kinds[FeedbackKind.PRAISE] = round(look.probabilities[2], 3)
        if FeedbackKind.OTHER in (look.kind, before.kind):
            told = max(kinds[FeedbackKind.COMPLAINT], kinds[FeedbackKind.PRAISE])
            kinds[FeedbackKind.OTHER] = round(1 - told, 3)
    return tuple(sorted(kinds.items(), key=lambda item: -item[1]))


def _sentiment_of(polarity: float) -> str:
    if polarity <= -NEUTRAL_BELOW:
        return "negative"
    return "positive" if polarity >= NEUTRAL_BELOW else "neutral"
