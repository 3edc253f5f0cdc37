"""What a replayed file showed: kinds, sentiment, complaints, and who is worst off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from feedback.satisfaction import confidence
from feedback.understanding import NEUTRAL_BELOW
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import Feedback

WORST_OFF = 10


@dataclass(frozen=True, slots=True)
class WorstOff:
    """A customer with a low satisfaction index, and how sure we are of it."""

    name: str
    index: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a replayed file showed.

    Attributes:
        kinds: messages by what they are, most frequent first.
        sentiments: messages by ``negative``, ``neutral`` and ``positive``.
        customers: how many wrote.
        complaints: how many cases were opened.
        worst_off: the customers with the lowest index.
    """

    kinds: Mapping[str, int]
    sentiments: Mapping[str, int]
    customers: int
    complaints: int
    worst_off: Sequence[WorstOff]


def read_report(session: Session, *, channel: str, fingerprint: str, now: datetime) -> Report:
    """Count what came of the messages of one file."""
    of_file = _of_file(channel, fingerprint)
    authors = select(Message.customer_id).where(of_file).distinct()
    return Report(
        kinds=_count_kinds(session, of_file),
        sentiments=_count_sentiments(session, of_file),
        customers=session.scalar(select(func.count()).select_from(authors.subquery())) or 0,
        complaints=session.scalar(select(func.count(Complaint.id)).where(Complaint.customer_id.in_(authors)))
        or 0,
        worst_off=[
            WorstOff(customer.display_name, customer.index or 0.0, _confidence(customer, now))
            for customer in session.scalars(
                select(Customer)
                .where(Customer.id.in_(authors), Customer.index.is_not(None))
                .order_by(Customer.index, Customer.id)
                .limit(WORST_OFF)
            )
        ],
    )


def feedback_numbers(session: Session, *, channel: str, external_ids: Sequence[str]) -> dict[str, int]:
    """Find the feedback that each message became, by what the channel calls the message."""
    rows = session.execute(
        select(Message.external_id, Feedback.id)
        .join(Feedback, Feedback.message_id == Message.id)
        .where(Message.channel == channel, Message.external_id.in_(external_ids))
    )
    return {external_id: number for external_id, number in rows if external_id is not None}


def print_report(out: Console, report: Report, *, read: int, seconds: float) -> None:
    """Print a report; ``read`` messages were handled in ``seconds``."""
    total = sum(report.kinds.values())
    rate = read / seconds if seconds > 0 else 0.0
    _say(
        out,
        f"\n{read:,} messages of {report.customers:,} customers in {seconds:.1f} s: {rate:,.0f} messages/s",
    )
    out.print(_shares("What they are", report.kinds, total))
    out.print(_shares("How they sound", report.sentiments, total))
    _say(out, f"Complaints opened: {report.complaints:,}")
    if report.worst_off:
        out.print(_worst_off(report.worst_off))


def _say(out: Console, line: str) -> None:
    out.print(line, markup=False, highlight=False)


def _shares(title: str, counts: Mapping[str, int], total: int) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    for name, count in counts.items():
        table.add_row(name.replace("_", " "), f"{count:,}", f"{count / max(total, 1):.1%}")
    return table


def _worst_off(customers: Sequence[WorstOff]) -> Table:
    table = Table(title="Worst off", title_justify="left")
    table.add_column("customer")
    table.add_column("index", justify="right")
    table.add_column("confidence", justify="right")
    for customer in customers:
        table.add_row(Text(customer.name), f"{customer.index:.0f}", f"{customer.confidence:.0%}")
    return table


def _of_file(channel: str, fingerprint: str) -> ColumnElement[bool]:
    return and_(Message.channel == channel, Message.external_id.startswith(f"{fingerprint}:"))


def _count_kinds(session: Session, of_file: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(
        select(Feedback.kind, func.count())
        .join(Message, Message.id == Feedback.message_id)
        .where(of_file)
        .group_by(Feedback.kind)
        .order_by(func.count().desc())
    )
    return {str(kind): count for kind, count in rows}


def _count_sentiments(session: Session, of_file: ColumnElement[bool]) -> dict[str, int]:
    sentiment = case(
        (Feedback.polarity <= -NEUTRAL_BELOW, "negative"),
        (Feedback.polarity >= NEUTRAL_BELOW, "positive"),
        else_="neutral",
    )
    rows = session.execute(
        select(sentiment, func.count())
        .join(Message, Message.id == Feedback.message_id)
        .where(of_file)
        .group_by(sentiment)
    )
    found = {str(name): int(count) for name, count in rows}
    return {name: found.get(name, 0) for name in ("negative", "neutral", "positive")}


def _confidence(customer: Customer, now: datetime) -> float:
    return confidence(customer.evidence_weight, customer.evidence_at, now)
