"""The first look, put together: the shipped model with the rules, and TextBlob's own way to ask for it."""

from typing import Any, NamedTuple

from textblob.base import CONTINUOUS, BaseSentimentAnalyzer

from feedback.cutting import Cut, cut
from feedback.kinds import COMPLAINT_BELOW
from feedback.opt_out_purposes import names_what_we_send
from feedback.reading import sentiment
from feedback.reading.kinds import kinds_of, with_praise
from feedback.reading.language import Language, language_of
from feedback.reading.languages import said_elsewhere, sum_for_kind
from feedback.reading.model import Model, in_use, shipped
from feedback.reading.sentiment import Felt
from feedback.sentiment import mood_of, squashed
from feedback.stars import low_rating_in
from feedback.stops import is_still_written_to, stops_plainly, without_opt_out
from feedback.words import Weight
from store.feedback_kinds import FeedbackKind

__all__ = [
    "FirstLook",
    "FirstSight",
    "complains_besides",
    "feel",
    "is_refuted",
    "kinds_of",
    "polarity_of",
    "with_praise",
]


NO_COMPLAINT_BELOW = 0.1
"""A probability that is lower than this speaks against the rules, where staff have corrected complaints."""


class FirstSight(NamedTuple):
    """What ``FirstLook.analyze`` returns.

    Attributes:
        polarity: −1…1.
        subjectivity: 0…1, TextBlob's.
        probabilities: of negative, neutral and positive.
        weights: what weighed.
    """

    polarity: float
    subjectivity: float
    probabilities: tuple[float, float, float]
    weights: tuple[Weight, ...]


class FirstLook(BaseSentimentAnalyzer):  # type: ignore[misc]  # TextBlob has no types
    """Our model at TextBlob's extension point; safe in any thread.

    ``TextBlob("It is not working", analyzer=FirstLook()).sentiment``
    """

    kind = CONTINUOUS
    RETURN_TYPE = FirstSight

    def __init__(self, model: Model | None = None) -> None:
        super().__init__()
        self._model = model

    def analyze(self, text: str, keep_assessments: bool = False) -> FirstSight:  # noqa: FBT001, FBT002 (TextBlob's)
        """Score any text at all; ``keep_assessments`` is TextBlob's, the weights are always kept."""
        del keep_assessments
        felt = sentiment.feel(text, self._model or shipped())
        return FirstSight(felt.polarity, felt.mood.subjectivity, felt.probabilities, felt.weights)

    def train(self) -> Any:
        """Read the model now instead of at the first text."""
        self._model = self._model or shipped()


def feel(text: str, rating: int | None = None) -> Felt:
    """Work out the sentiment of a text with the model in use."""
    return sentiment.feel(text, in_use(), rating)


def polarity_of(clause: str, *, language: Language, thoroughly: bool) -> float:
    """Tell the polarity of a clause of a message in a language, −1…1."""
    return sentiment.polarity_of(clause, in_use(), language, thoroughly=thoroughly)


def complains_besides(message: Cut) -> bool:
    """Tell whether a message that says stop complains, too.

    A report that something went wrong counts, a stop that was not kept, a low rating; and harsh words where
    the stop stands apart, for "stop texting me, I am sick of it" speaks of the messages alone.
    """
    if is_still_written_to(message):
        return True
    rest = cut(without_opt_out(message.text))
    said = said_elsewhere(rest, language_of(rest.text, rest.words))
    mood = mood_of(rest)
    if mood.problem or any(one.problem for one in said) or low_rating_in(message.text) is not None:
        return True
    if stops_plainly(message) or names_what_we_send(rest.text):
        return False
    return squashed(sum_for_kind(mood.weights, (), said)) <= COMPLAINT_BELOW


def is_refuted(felt: Felt, kind: FeedbackKind) -> bool:
    """Tell whether rules take a message for a complaint that is none by what staff taught."""
    return (
        kind is FeedbackKind.COMPLAINT and in_use().knows_complaints and felt.complaint < NO_COMPLAINT_BELOW
    )
