"""How well messages are understood, beside plain TextBlob in the same run.

    python -m benchmarks.understanding --data DIR

``DIR`` holds ``train/`` and ``tune/`` with CSV files of ``text`` and ``label`` (see ``FILES``); none of their
text is printed. Ends with one JSON line of all numbers.
"""

import argparse
import csv
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from textblob.en import sentiment as textblob_sentiment

from bot.score import sentiment_of
from feedback.matching import listed
from feedback.understanding import understand

FILES = (
    "train/dynasent_dev.csv",
    "train/uci_sentences.csv",
    "train/vader_tweets.csv",
    "tune/tweeteval_val.csv",
    "tune/goemotions_dev.csv",
    "tune/sst_dev.csv",
    "tune/zh_shopping_8k.csv",
)
LABELS = ("negative", "neutral", "positive")
TEXTBLOB_NEUTRAL_BELOW = 0.05

PROBLEM_INTENTS = listed("""
    card_not_working transaction_charged_twice failed_transfer declined_cash_withdrawal
    declined_card_payment declined_transfer card_swallowed Refund_not_showing_up
    cash_withdrawal_not_recognised card_payment_not_recognised direct_debit_payment_not_recognised
    extra_charge_on_statement wrong_amount_of_cash_received top_up_failed top_up_reverted
    reverted_card_payment? compromised_card transfer_not_received_by_recipient
    balance_not_updated_after_bank_transfer contactless_not_working virtual_card_not_working
    card_payment_wrong_exchange_rate wrong_exchange_rate_for_cash_withdrawal
""")
PLAIN_QUESTION_INTENTS = listed("""
    age_limit country_support supported_cards_and_currencies fiat_currency_support exchange_via_app
    order_physical_card visa_or_mastercard getting_spare_card getting_virtual_card get_physical_card
    card_acceptance atm_support automatic_top_up change_pin edit_personal_details verify_my_identity
    disposable_card_limits topping_up_by_card activate_my_card card_delivery_estimate top_up_limits
    apple_pay_or_google_pay transfer_timing verify_source_of_funds top_up_by_cash_or_cheque
""")
BITEXT_KINDS = {
    "complaint": ("complaint",),
    "contact_human_agent": ("person_request",),
    "contact_customer_service": ("person_request", "question"),
}


@dataclass(frozen=True, slots=True)
class Scores:
    """How well one method does on one file; all but the count in percent."""

    rows: int
    accuracy: float
    macro_f1: float
    negatives_found: float
    negative_precision: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table, then one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the directory with train/ and tune/")
    data: Path = parser.parse_args(arguments).data
    results: dict[str, object] = {}
    print(f"{'file':24} {'method':9} {'rows':>6} {'acc':>5} {'F1':>5} {'neg found':>9} {'at prec.':>8}")
    for name in FILES:
        rows = _rows(data / name, LABELS)
        for method, classify in (("textblob", _textblob), ("rapport", _rapport)):
            scores = score([label for _, label in rows], [classify(text) for text, _ in rows])
            results[f"{Path(name).stem}:{method}"] = asdict(scores)
            print(_row(Path(name).stem, method, scores))
    results |= _kinds(data) | {"microseconds_per_message": _speed(data)}
    print(json.dumps(results))


def _row(name: str, method: str, scores: Scores) -> str:
    numbers = (scores.accuracy, scores.macro_f1, scores.negatives_found, scores.negative_precision)
    return f"{name:24} {method:9} {scores.rows:6} " + "{:5.1f} {:5.1f} {:9.1f} {:8.1f}".format(*numbers)


def score(truth: Sequence[str], said: Sequence[str]) -> Scores:
    """Compare what was said with the truth; macro-F1 over the labels that the truth has."""
    labels = [label for label in LABELS if label in truth]
    hits = sum(one == other for one, other in zip(truth, said, strict=True))
    recall, precision = _recall_and_precision("negative", truth, said)
    return Scores(
        rows=len(truth),
        accuracy=round(100 * hits / len(truth), 1),
        macro_f1=round(100 * sum(_f1(label, truth, said) for label in labels) / len(labels), 1),
        negatives_found=round(100 * recall, 1),
        negative_precision=round(100 * precision, 1),
    )


def _recall_and_precision(label: str, truth: Sequence[str], said: Sequence[str]) -> tuple[float, float]:
    both = sum(one == other == label for one, other in zip(truth, said, strict=True))
    return both / max(1, truth.count(label)), both / max(1, said.count(label))


def _f1(label: str, truth: Sequence[str], said: Sequence[str]) -> float:
    recall, precision = _recall_and_precision(label, truth, said)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _rows(path: Path, labels: Iterable[str]) -> list[tuple[str, str]]:
    wanted = frozenset(labels)
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["label"]) for row in csv.DictReader(file) if row["label"] in wanted]


def _textblob(text: str) -> str:
    polarity = textblob_sentiment(text)[0]
    if abs(polarity) < TEXTBLOB_NEUTRAL_BELOW:
        return "neutral"
    return "positive" if polarity > 0 else "negative"


def _rapport(text: str) -> str:
    return sentiment_of(understand(text).polarity)


def _kinds(data: Path) -> dict[str, object]:
    """How often the kind fits the intent, for the intents that leave no doubt about it."""
    results: dict[str, object] = {}
    bank, shop = data / "train/banking77.csv", data / "train/bitext.csv"
    for name, path, intents, kinds in (
        ("bank problems taken as complaints", bank, PROBLEM_INTENTS, ("complaint",)),
        ("bank questions taken as complaints", bank, PLAIN_QUESTION_INTENTS, ("complaint",)),
        ("bank questions taken as questions", bank, PLAIN_QUESTION_INTENTS, ("question",)),
        *((f"shop {intent}", shop, frozenset([intent]), kinds) for intent, kinds in BITEXT_KINDS.items()),
    ):
        share = _share(path, intents, kinds)
        results[name] = share
        print(f"{name:40} {share:5.1f} %")
    return results


def _share(path: Path, intents: frozenset[str], kinds: Sequence[str]) -> float:
    rows = _rows(path, intents)
    return round(100 * sum(understand(text).kind in kinds for text, _ in rows) / len(rows), 1)


def _speed(data: Path) -> float:
    texts = [text for text, _ in _rows(data / FILES[0], LABELS)]
    started = time.perf_counter()
    for text in texts:
        understand(text)
    each = round(1e6 * (time.perf_counter() - started) / len(texts), 1)
    print(f"{each} µs a message of {sum(map(len, texts)) // len(texts)} characters on average")
    return each


if __name__ == "__main__":
    main()
