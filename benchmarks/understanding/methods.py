"""Ways to tell sentiment: each turns a text into one number, from −1 for blame to 1 for praise."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from feedback.understanding import understand

Score = Callable[[str], float]
Maker = Callable[[], Score]


def rapport() -> Score:
    """Ours."""
    return lambda text: understand(text).polarity


def textblob() -> Score:
    """TextBlob's pattern lexicon."""
    sentiment: Any = import_module("textblob.en").sentiment
    return lambda text: float(sentiment(text)[0])


def vader() -> Score:
    """VADER (``pip install vaderSentiment``)."""
    analyzer: Any = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def afinn() -> Score:
    """AFINN (``pip install afinn``), squashed."""
    analyzer: Any = import_module("afinn").Afinn(emoticons=True)
    return lambda text: max(-1.0, min(1.0, float(analyzer.score(text)) / 10))


def snownlp() -> Score:
    """SnowNLP for Chinese (``pip install snownlp``)."""
    reader: Any = import_module("snownlp").SnowNLP
    return lambda text: 2 * float(reader(text).sentiments) - 1 if text.strip() else 0.0


def pysenti() -> Score:
    """pysenti for Chinese (``pip install pysenti``)."""
    classify: Any = import_module("pysenti").ModelClassifier().classify
    return lambda text: 2 * float(classify(text)["positive_prob"]) - 1


ENGLISH: Mapping[str, Maker] = {"textblob": textblob, "vader": vader, "afinn": afinn}
CHINESE: Mapping[str, Maker] = {"snownlp": snownlp, "pysenti": pysenti}


def installed(makers: Mapping[str, Maker]) -> dict[str, Score]:
    """Make those whose packages are there."""
    found: dict[str, Score] = {}
    for name, make in makers.items():
        try:
            found[name] = make()
        except ImportError:
            print(f"{name}: not installed, left out")
    return found
