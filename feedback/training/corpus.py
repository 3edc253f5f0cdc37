"""Labelled messages to learn from: CSV files of ``text`` and ``label``, each file a domain of its own."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from feedback.matching import listed
from feedback.reading.model import CLASSES
from store.errors import InputError

IntentLabels = Callable[[str], tuple[int, int]]
NO_LABEL = -1

PROBLEM_INTENTS = listed("""
    card_not_working transaction_charged_twice failed_transfer declined_cash_withdrawal
    declined_card_payment declined_transfer card_swallowed Refund_not_showing_up
    cash_withdrawal_not_recognised card_payment_not_recognised direct_debit_payment_not_recognised
    extra_charge_on_statement wrong_amount_of_cash_received top_up_failed top_up_reverted
    reverted_card_payment? compromised_card transfer_not_received_by_recipient
    balance_not_updated_after_bank_transfer contactless_not_working virtual_card_not_working
    card_payment_wrong_exchange_rate wrong_exchange_rate_for_cash_withdrawal
""")
"""Intents of a bank's customers who report that something went wrong."""
QUESTION_INTENTS = listed("""
    age_limit country_support supported_cards_and_currencies fiat_currency_support exchange_via_app
    order_physical_card visa_or_mastercard getting_spare_card getting_virtual_card get_physical_card
    card_acceptance atm_support automatic_top_up change_pin edit_personal_details verify_my_identity
    disposable_card_limits topping_up_by_card activate_my_card card_delivery_estimate top_up_limits
    apple_pay_or_google_pay transfer_timing verify_source_of_funds top_up_by_cash_or_cheque
""")
"""Intents of those who only ask."""
COMPLAINT_INTENTS = listed("complaint payment_issue registration_problems")
ABOUT_US = ("amazon", "yelp", "dynasent")
"""Domains whose messages speak of something bought."""


@dataclass(frozen=True, slots=True)
class Message:
    """A labelled message.

    Attributes:
        domain: where it comes from.
        text: as it was written.
        sentiment: its place in ``CLASSES``, or ``NO_LABEL``.
        complaint: 1, 0, or ``NO_LABEL``.
    """

    domain: str
    text: str
    sentiment: int
    complaint: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file to learn from.

    Attributes:
        file: in the folder ``train``.
        rows: how many are taken, evenly spread over the file.
        domain_column: where the file names its domains, the column that does.
        neutral_within: where a file has the mean of ten people's scores (−4…4), nearer to 0 is neutral;
            the files say 0.5, where most of the ten still felt nothing.
    """

    file: str
    rows: int
    domain_column: str | None = None
    neutral_within: float | None = None


NEUTRAL_WITHIN = 0.8
SENTIMENT_SOURCES = (
    Source("dynasent_dev.csv", 10_000),
    Source("uci_sentences.csv", 10_000, "site"),
    Source("vader_tweets.csv", 10_000, neutral_within=NEUTRAL_WITHIN),
    Source("vader_nyt.csv", 2_500, neutral_within=NEUTRAL_WITHIN),
    Source("vader_movie.csv", 4_000),
    Source("goemotions.csv", 40_000),
)
BANK, SHOP = Source("banking77.csv", 20_000), Source("bitext.csv", 3_000)


def read_messages(data: Path) -> list[Message]:
    """Read all that there is to learn from.

    Args:
        data: the folder that holds ``train``.

    Raises:
        InputError: there is no such folder, or a file in it cannot be read.
    """
    folder = data / "train"
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: give the one that holds train/ with the CSV files")
    messages = [one for source in SENTIMENT_SOURCES for one in _sentences(folder, source)]
    messages += _intents(folder, BANK, _of_bank)
    messages += _intents(folder, SHOP, _of_shop)
    return messages


def _sentences(folder: Path, source: Source) -> Iterator[Message]:
    file = folder / source.file
    for row in _rows(file, source.rows):
        if row["label"] in CLASSES:
            domain = row[source.domain_column] if source.domain_column else source.file
            sentiment = CLASSES.index(row["label"])
            if source.neutral_within is not None and abs(_score(row, file)) < source.neutral_within:
                sentiment = CLASSES.index("neutral")
            yield Message(domain, row["text"], sentiment, _complaint_of(domain, sentiment))


def _score(row: Mapping[str, str], file: Path) -> float:
    try:
        return float(row["score"])
    except (KeyError, ValueError) as error:
        raise InputError(f"{file} needs a number in the column score of every row") from error


def _complaint_of(domain: str, sentiment: int) -> int:
    """Blame for something bought is a complaint; blame for a film or for the world is not ours to say."""
    if sentiment != CLASSES.index("negative"):
        return 0
    return 1 if domain.startswith(ABOUT_US) else NO_LABEL


def _of_bank(label: str) -> tuple[int, int]:
    if label in PROBLEM_INTENTS:
        return CLASSES.index("negative"), 1
    if label in QUESTION_INTENTS:
        return CLASSES.index("neutral"), 0
    return NO_LABEL, NO_LABEL


def _of_shop(label: str) -> tuple[int, int]:
    if label in COMPLAINT_INTENTS:
        return NO_LABEL, 1
    return CLASSES.index("neutral"), 0


def _intents(folder: Path, source: Source, labels_of: IntentLabels) -> Iterator[Message]:
    for row in _rows(folder / source.file, source.rows):
        sentiment, complaint = labels_of(row["label"])
        if complaint != NO_LABEL:
            yield Message(source.file, row["text"], sentiment, complaint)


def _rows(file: Path, at_most: int) -> Sequence[Mapping[str, str]]:
    """Read rows, evenly spread where there are more than ``at_most``."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
    if rows and not {"text", "label"} <= rows[0].keys():
        raise InputError(f"{file} needs the columns text and label")
    step = max(1.0, len(rows) / at_most)
    return [rows[int(place * step)] for place in range(min(at_most, len(rows)))]
