"""The front door: what a customer's message is, how content it sounds, and which words told us so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING

from feedback.cutting import cut
from feedback.kinds import kinds_that_hold
from feedback.reading.aspects import Aspect, aspects_of, parts_in
from feedback.reading.language import Language
from feedback.reading.severity import severity_of
from feedback.reading.severity_signals import SeveritySignal
from feedback.reading.taxonomy import Taxonomy, in_use
from feedback.small_talk import without_number
from feedback.stars import low_rating_in
from feedback.words import Weight, tidy
from store.feedback_kinds import FeedbackKind

if TYPE_CHECKING:
    from feedback.reading.sentiment import Felt

Likelihoods = tuple[tuple[FeedbackKind, float], ...]

__all__ = ["NEUTRAL_BELOW", "Context", "Understand", "Understanding", "Weight", "parts_named", "understand"]

NEUTRAL_BELOW = 0.1
"""A polarity nearer to 0 than this is neutral."""
WORDS_NAMED = 6
LONGEST_WORDS = 60
MISSED_COMPLAINT_FROM = 0.9
"""From this probability on, what no rule calls a complaint is one by the model's word."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a message besides its words.

    Attributes:
        rating: stars that were given with it, 1–5.
        taxonomy: the parts of the company's service; None is those in use in this process.
    """

    rating: int | None = None
    taxonomy: Taxonomy | None = None


NO_CONTEXT = Context()
AGREEING = 0.12
"""The least polarity of praise, and of a complaint below 0."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says.

    Attributes:
        kind: what it is, first of all.
        polarity: −1 (furious) … 1 (delighted).
        why: the words that weighed most, the heaviest first.
        also_complains: whether somebody who wants no more messages complains in the same breath.
        sentiment: ``negative``, ``neutral`` or ``positive``.
        probabilities: how likely each sentiment is; they sum to 1.
        kinds: how likely each kind is, the likeliest first; several can be.
        aspects: the parts of the service it speaks of, each with its own sentiment.
        severity: why somebody should look at it at once, each reason with the words it was found by.
        language: of the message.
    """

    kind: FeedbackKind
    polarity: float
    why: tuple[Weight, ...]
    also_complains: bool = False
    sentiment: str = "neutral"
    probabilities: tuple[float, float, float] = (0.0, 1.0, 0.0)
    kinds: tuple[tuple[FeedbackKind, float], ...] = ()
    aspects: tuple[Aspect, ...] = ()
    severity: tuple[SeveritySignal, ...] = ()
    language: Language = Language.UNKNOWN


Understand = Callable[[str], Understanding]
"""Understands a text: ``understand``, or something that has had it understood elsewhere."""


def understand(text: str, context: Context = NO_CONTEXT) -> Understanding:
    """Understand any text; of a long one its beginning and end (``words.READ_HEAD``).

    Pure and safe in any thread. The first call loads TextBlob, its lexicon and the model.
    """
    text = without_number(text)
    reading, tidied = _reading(), tidy(text)
    taxonomy = context.taxonomy or in_use()
    rating = low_rating_in(tidied) if context.rating is None else context.rating
    felt = reading.feel(text, rating)
    message = cut(tidied)
    holding = kinds_that_hold(message, felt.mood.polarity, problem=felt.mood.problem)
    kinds = reading.kinds_of(felt, holding)
    kind = _first(holding, kinds)
    if (rating is not None and _contradicts(felt.sentiment, kind)) or reading.is_refuted(felt, kind):
        kinds, kind = _instead(kinds, kind), FeedbackKind.OTHER
    tells = _tells(felt, kind) and not (rating is None and _is_lukewarm(felt, holding))
    polarity = _agreeing(felt.polarity, kind) if tells else 0.0
    also = kind is FeedbackKind.OPT_OUT and reading.complains_besides(message)
    clause = partial(reading.polarity_of, language=felt.language)
    aspects = aspects_of(message, polarity, clause, taxonomy)
    return Understanding(
        kind=kind,
        polarity=polarity,
        why=_heaviest(felt.weights),
        also_complains=also,
        sentiment=_sentiment_of(polarity),
        probabilities=felt.probabilities,
        kinds=reading.with_praise(kinds, aspects) if kind is FeedbackKind.COMPLAINT else kinds,
        aspects=aspects,
        severity=severity_of(message, content=kind is FeedbackKind.PRAISE),
        language=felt.language,
    )


def parts_named(text: str, taxonomy: Taxonomy | None = None) -> frozenset[str]:
    """Name the parts of the service that ``understand`` finds in a text, in a fraction of its time.

    Args:
        text: any.
        taxonomy: the parts of the company's service; None is those in use in this process.

    Returns:
        The parts of ``Understanding.aspects``, without the one for all other opinions.
    """
    return parts_in(cut(tidy(without_number(text))), taxonomy or in_use())


def _first(holding: Sequence[FeedbackKind], kinds: Likelihoods) -> FeedbackKind:
    """Choose what a message is first of all: the first rule that holds, unless a complaint was missed."""
    first = holding[0] if holding else FeedbackKind.OTHER
    if first in _MAY_BE_COMPLAINTS and dict(kinds)[FeedbackKind.COMPLAINT] >= MISSED_COMPLAINT_FROM:
        return FeedbackKind.COMPLAINT
    return first


_MAY_BE_COMPLAINTS = (FeedbackKind.OTHER, FeedbackKind.QUESTION, FeedbackKind.PRAISE)


def _contradicts(sentiment: str, kind: FeedbackKind) -> bool:
    """Whether kind words came with a bad rating, or harsh ones with a good one."""
    return (kind, sentiment) in (
        (FeedbackKind.PRAISE, "negative"),
        (FeedbackKind.COMPLAINT, "positive"),
        (FeedbackKind.SMALL_TALK, "negative"),
        (FeedbackKind.SMALL_TALK, "positive"),
    )


def _instead(kinds: Likelihoods, contradicted: FeedbackKind) -> Likelihoods:
    """Let no kind be likely that a rating, or what staff taught, contradicts."""
    found = dict(kinds)
    found[contradicted], found[FeedbackKind.OTHER] = found[FeedbackKind.OTHER], found[contradicted]
    return tuple(sorted(found.items(), key=lambda one: -one[1]))


def _tells(felt: "Felt", kind: FeedbackKind) -> bool:
    """Whether a message tells how content somebody is: "good morning" and "yes" do not."""
    return kind not in (FeedbackKind.GREETING, FeedbackKind.SMALL_TALK) or bool(felt.mood.weights)


def _is_lukewarm(felt: "Felt", holding: Sequence[FeedbackKind]) -> bool:
    """Whether a rule knows a message as a whole for no clear opinion, and no word of it weighs: "so so"."""
    return holding[:1] == [FeedbackKind.OTHER] and not felt.mood.weights


def _agreeing(polarity: float, kind: FeedbackKind) -> float:
    """Let no complaint sound content and no praise the contrary."""
    if kind is FeedbackKind.COMPLAINT:
        return min(polarity, -AGREEING)
    return max(polarity, AGREEING) if kind is FeedbackKind.PRAISE else polarity


def _sentiment_of(polarity: float) -> str:
    if polarity <= -NEUTRAL_BELOW:
        return "negative"
    return "positive" if polarity >= NEUTRAL_BELOW else "neutral"


def _heaviest(weights: Sequence[Weight]) -> tuple[Weight, ...]:
    """Choose the words to name, each once."""
    by_words = {weight.words[:LONGEST_WORDS]: round(weight.weight, 2) for weight in weights}
    ranked = sorted(by_words.items(), key=_heaviness, reverse=True)
    return tuple(map(Weight._make, ranked[:WORDS_NAMED]))


def _heaviness(item: tuple[str, float]) -> float:
    return abs(item[1])


@cache
def _reading() -> ModuleType:
    """Load the first look when it is first needed: TextBlob and NLTK are slow to import."""
    from feedback.reading import first_look

    return first_look
