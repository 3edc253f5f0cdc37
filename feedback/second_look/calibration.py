"""From scores to probabilities that can be believed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

Scores = Sequence[float]
_STEEPEST = 50.0


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """How a message reads to the second look.

    Attributes:
        negative: probability that it is negative; with ``neutral`` and ``positive`` it makes 1.
        neutral: that it is neither.
        positive: that it is positive.
        complaint: probability that it reports a problem or complains of one.
    """

    negative: float
    neutral: float
    positive: float
    complaint: float

    @property
    def polarity(self) -> float:
        """From −1 (negative beyond doubt) to 1 (positive beyond doubt)."""
        return self.positive - self.negative


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores go through before they are probabilities (Guo et al., ICML 2017).

    Attributes:
        cooled: the scores are multiplied by this before the softmax: below 1 it is less sure.
        leaning: added to the scores of negative, neutral and positive.
        complaint: factor and summand of the score of «complaint».
    """

    cooled: float = 1.0
    leaning: tuple[float, float, float] = (0.0, 0.0, 0.0)
    complaint: tuple[float, float] = (1.0, 0.0)

    def opinion(self, scores: Scores) -> SecondOpinion:
        """Turn four scores (negative, neutral, positive, complaint) into probabilities."""
        sentiment = [self.cooled * score + lean for score, lean in zip(scores[:3], self.leaning, strict=True)]
        highest = max(sentiment)
        powers = [math.exp(score - highest) for score in sentiment]
        total = math.fsum(powers)
        factor, summand = self.complaint
        steep = max(-_STEEPEST, min(_STEEPEST, factor * scores[3] + summand))
        negative, neutral, positive = (power / total for power in powers)
        return SecondOpinion(negative, neutral, positive, 1 / (1 + math.exp(-steep)))

    def notes(self) -> dict[str, str]:
        """Write it as a file's metadata."""
        return {
            "sentiment": " ".join(map(repr, (self.cooled, *self.leaning))),
            "complaint": " ".join(map(repr, self.complaint)),
        }

    @classmethod
    def in_notes(cls, notes: Mapping[str, str]) -> Self:
        """Read it out of a file's metadata.

        Raises:
            KeyError, ValueError: it is not there, or no numbers.
        """
        cooled, negative, neutral, positive = map(float, notes["sentiment"].split())
        factor, summand = map(float, notes["complaint"].split())
        return cls(cooled, (negative, neutral, positive), (factor, summand))
