"""What two looks at the same words come to: pure, for the program and for ``rapport score`` alike."""

from dataclasses import dataclass

from feedback.second_look.calibration import SecondOpinion
from feedback.understanding import AGREEING, NEUTRAL_BELOW, Understanding
from store.feedback_kinds import FeedbackKind

SECOND_COUNTS = 2 / 3
"""The second look's share where both are mixed, as the mean of their log-probabilities; it reads unseen
domains better (``docs/understanding.md``)."""
SHARPENED = 1.2
"""Two looks that agree are surer than their mean: by calibration on sets nothing was learnt from."""
COMPLAINT_FROM, AND_NEGATIVE_FROM = 0.8, 0.6
"""A complaint was missed where the second look is as sure of one, and both together as sure that it is
negative: a case that nobody meant costs the company's time, and asks a content customer what went wrong."""
OF_PRAISE_FROM, AND_SURELY_NEGATIVE_FROM = 0.95, 0.85
"""The same of what the first look read as praise: two looks that contradict each other must be weighed with
care ("arrived on time" is read as a complaint by the second)."""
PRAISE_FROM, NO_PRAISE_BELOW = 0.8, 0.3
"""So likely positive makes praise of what had no kind; less than the other makes none of what was praise."""
NO_COMPLAINT_BELOW, OR_NEGATIVE_BELOW = 0.5, 0.35
"""Where no case hangs on it, what the second look doubts, and both, is no complaint."""
MATTERS_FROM = 0.1
"""A polarity that moves by less is left as it was."""

MAY_BE_COMPLAINTS = frozenset(
    {FeedbackKind.QUESTION, FeedbackKind.OTHER, FeedbackKind.SUGGESTION, FeedbackKind.PRAISE}
)
"""What may turn out to be a complaint; nobody's express word, and no answer, is read as anything else."""
OPINIONS = MAY_BE_COMPLAINTS | {FeedbackKind.COMPLAINT, FeedbackKind.PERSON_REQUEST}
"""What is worth a second look: all that may tell how content somebody is."""

Chances = tuple[float, float, float]
_LEAST = 1e-4
_NEUTRAL_INSIDE = NEUTRAL_BELOW - 0.01


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found, or two.

    Attributes:
        kind: what the message is, first of all.
        polarity: −1 … 1; it agrees with the likeliest sentiment.
        probabilities: of negative, neutral and positive; they sum to 1.
        complaint: probability that it complains.
    """

    kind: FeedbackKind
    polarity: float
    probabilities: Chances
    complaint: float


def first_look(understanding: Understanding) -> Look:
    """Give what the first look found, as far as a second may change it."""
    return Look(
        understanding.kind, understanding.polarity, understanding.probabilities, complaint_in(understanding)
    )


def complaint_in(understanding: Understanding) -> float:
    """Give the probability that a message complains, as the first look says; 0 where it says none."""
    chances = [chance for kind, chance in understanding.kinds if kind is FeedbackKind.COMPLAINT]
    return chances[0] if chances else 0.0


def decide(first: Look, opinion: SecondOpinion, *, rated_low: bool = False) -> Look:
    """Weigh both looks; one that changes nothing that matters gives the first back.

    A case is never closed by it: what was a complaint stays one.

    Args:
        first: what the first look found.
        opinion: what the second look found.
        rated_low: whether the customer gave few stars; then kind words make nothing better.
    """
    if first.kind not in OPINIONS:
        return first
    both = weighed(first, opinion, rated_low=rated_low)
    if rated_low and both.polarity > first.polarity:
        return first
    if both.kind is first.kind and abs(both.polarity - first.polarity) < MATTERS_FROM:
        return first
    return both


def weighed(first: Look, opinion: SecondOpinion, *, may_clear: bool = False, rated_low: bool = False) -> Look:
    """Weigh both looks, whether that changes much or not.

    Args:
        first: what the first look found; its kind is one of ``OPINIONS``.
        opinion: what the second look found.
        may_clear: whether what was a complaint may turn out to be none: where nobody opened a case for it.
        rated_low: whether the customer gave few stars, which bear out a doubt of kind words.
    """
    probabilities = _mixed(first.probabilities, (opinion.negative, opinion.neutral, opinion.positive))
    kind = _kind(first.kind, probabilities, opinion, rated_low=rated_low)
    if may_clear and kind is FeedbackKind.COMPLAINT and _is_none(probabilities, opinion):
        kind = FeedbackKind.PRAISE if probabilities[2] >= PRAISE_FROM else FeedbackKind.OTHER
    polarity = _agreeing(_called(probabilities), kind)
    return Look(kind, polarity, probabilities, _likely(first.complaint, opinion.complaint))


def _is_none(chances: Chances, opinion: SecondOpinion) -> bool:
    return opinion.complaint < NO_COMPLAINT_BELOW and chances[0] < OR_NEGATIVE_BELOW


def _kind(first: FeedbackKind, chances: Chances, opinion: SecondOpinion, *, rated_low: bool) -> FeedbackKind:
    negative, _, positive = chances
    if first is FeedbackKind.PRAISE and not rated_low:
        missed = opinion.complaint >= OF_PRAISE_FROM and negative >= AND_SURELY_NEGATIVE_FROM
    else:
        missed = opinion.complaint >= COMPLAINT_FROM and negative >= AND_NEGATIVE_FROM
    if first in MAY_BE_COMPLAINTS and missed:
        return FeedbackKind.COMPLAINT
    if first is FeedbackKind.PRAISE and positive < NO_PRAISE_BELOW:
        return FeedbackKind.OTHER
    if first is FeedbackKind.OTHER and positive >= PRAISE_FROM:
        return FeedbackKind.PRAISE
    return first


def _mixed(first: Chances, second: Chances) -> Chances:
    """Mix two sets of probabilities: each class has the weighted mean of its log-probabilities, sharpened."""
    negative, neutral, positive = (power**SHARPENED for power in map(_mean, first, second))
    total = negative + neutral + positive
    negative, positive = round(negative / total, 4), round(positive / total, 4)
    return negative, round(1 - negative - positive, 4), positive


def _likely(first: float, second: float) -> float:
    yes, no = _mean(first, second), _mean(1 - first, 1 - second)
    return round(yes / (yes + no), 4)


def _mean(first: float, second: float) -> float:
    """Give the weighted geometric mean; no look is ever so sure that the other counts for nothing."""
    return float(max(first, _LEAST) ** (1 - SECOND_COUNTS) * max(second, _LEAST) ** SECOND_COUNTS)


def _called(chances: Chances) -> float:
    """Give a polarity that agrees with the likeliest sentiment."""
    negative, neutral, positive = chances
    polarity = positive - negative
    if neutral >= max(negative, positive):
        polarity = max(-_NEUTRAL_INSIDE, min(_NEUTRAL_INSIDE, polarity))
    elif negative >= positive:
        polarity = min(polarity, -AGREEING)
    else:
        polarity = max(polarity, AGREEING)
    return round(polarity, 4)


def _agreeing(polarity: float, kind: FeedbackKind) -> float:
    """Let no complaint sound content and no praise the contrary."""
    if kind is FeedbackKind.COMPLAINT:
        return min(polarity, -AGREEING)
    return max(polarity, AGREEING) if kind is FeedbackKind.PRAISE else polarity
