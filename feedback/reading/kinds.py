"""How likely a message is of each kind; several at once are possible."""

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from feedback.reading.aspects import Aspect
from store.feedback_kinds import FeedbackKind

if TYPE_CHECKING:  # it loads TextBlob, which not all who name kinds need
    from feedback.reading.sentiment import Felt

Likelihoods = tuple[tuple[FeedbackKind, float], ...]

SAID_BY_RULE = 0.95
"""How sure we are of what a rule said."""
BY_RULE_BESIDE = 0.8
"""The same for a rule that holds beside another."""
NOT_BY_RULE = 0.03
NAMED_FROM = 0.5
"""A kind as likely as this is named beside the first."""
PRAISED_FROM = 0.3
"""From this polarity on, a part of the service is praised."""
_BY_NO_RULE = dict.fromkeys(FeedbackKind, NOT_BY_RULE)
_LIKELIHOOD = itemgetter(1)


def kinds_of(felt: "Felt", holding: Sequence[FeedbackKind]) -> Likelihoods:
    """Give every kind's probability, the likeliest first; they need not sum to 1.

    Args:
        felt: the sentiment, and what was learnt of kinds.
        holding: the kinds whose rules hold, the decisive one first.
    """
    first = holding[0] if holding else FeedbackKind.OTHER
    found = _BY_NO_RULE | dict.fromkeys(holding, BY_RULE_BESIDE)
    found[first] = SAID_BY_RULE
    found[FeedbackKind.COMPLAINT] = round(_either(found[FeedbackKind.COMPLAINT], felt.complaint), 3)
    if FeedbackKind.PRAISE not in holding:
        found[FeedbackKind.PRAISE] = round(felt.probabilities[2] * (1 - found[FeedbackKind.QUESTION]), 3)
    return tuple(sorted(found.items(), key=_LIKELIHOOD, reverse=True))


def with_praise(kinds: Likelihoods, aspects: Sequence[Aspect]) -> Likelihoods:
    """Name praise beside a complaint that finds a part of the service good ("great tea, a rude courier")."""
    found = dict(kinds)
    if found[FeedbackKind.PRAISE] >= NAMED_FROM or all(part.polarity < PRAISED_FROM for part in aspects):
        return kinds
    found[FeedbackKind.PRAISE] = NAMED_FROM
    return tuple(sorted(found.items(), key=_LIKELIHOOD, reverse=True))


def _either(by_rule: float, learnt: float) -> float:
    """Weigh a rule's word and the model's: the mean of their log-odds."""
    odds = math.sqrt(by_rule / (1 - by_rule) * max(learnt, 1e-4) / max(1 - learnt, 1e-4))
    return odds / (1 + odds)
