"""Ways to tell sentiment, each turning a text into one number, from −1 for blame to 1 for praise.

Run by the peers' own interpreter (``peers.py``): reads JSON, ``{"methods": […], "texts": […]}``, and writes
``{method: {"scores": […], "per_s": …}}``. Imports nothing of ours.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Score = Callable[[str], float]
Maker = Callable[[], Score]


def textblob() -> Score:
    """TextBlob's pattern lexicon."""
    sentiment: Any = import_module("textblob.en").sentiment
    return lambda text: float(sentiment(text)[0])


def vader() -> Score:
    """VADER."""
    analyzer: Any = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def afinn() -> Score:
    """AFINN, squashed."""
    analyzer: Any = import_module("afinn").Afinn(emoticons=True)
    return lambda text: max(-1.0, min(1.0, float(analyzer.score(text)) / 10))


def snownlp() -> Score:
    """SnowNLP for Chinese."""
    reader: Any = import_module("snownlp").SnowNLP
    return lambda text: 2 * float(reader(text).sentiments) - 1 if text.strip() else 0.0


def pysenti() -> Score:
    """pysenti for Chinese."""
    classify: Any = import_module("pysenti").ModelClassifier().classify
    return lambda text: 2 * float(classify(text)["positive_prob"]) - 1


ENGLISH: Mapping[str, Maker] = {"textblob": textblob, "vader": vader, "afinn": afinn}
CHINESE: Mapping[str, Maker] = {"snownlp": snownlp, "pysenti": pysenti}


def main() -> None:
    """Score what comes in by each method that is asked for."""
    asked = json.load(sys.stdin)
    found = {}
    for name in asked["methods"]:
        score = {**ENGLISH, **CHINESE}[name]()
        score("warm up")
        started = time.perf_counter()
        scores = [score(text) for text in asked["texts"]]
        found[name] = {"scores": scores, "per_s": len(scores) / (time.perf_counter() - started)}
    # Some of them print while they load, so ours is the last line.
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
