"""What happens in the year: customers write, complain, rate, stop; staff solve, and break promises.

Rows are written by connection, and of one kind together: the ORM would look for each among what it has read.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import UpdateBase, bindparam, insert, select, update
from sqlalchemy.orm import Session

from customers.consent import set_consent
from scheduler.definitions.programme import Step, StepKind
from scheduler.programmes.answers import note_answer
from store.tables.complaints import Complaint, ComplaintState
from store.tables.conversations import Message
from store.tables.customers import Customer, Identity, Purpose
from store.tables.desk import Promise, PromiseState
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.outreach import Purchase, Visit
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.year.people import CHANNEL, HOMES, Case, Diary

Act = Callable[["Life", Session, Diary, datetime], None]
FIRST_STEP = Step("stars", StepKind.STARS, {})


_WRITE, _RATE, _COMPLAIN, _BUY = (
    insert(Message),
    insert(SatisfactionEntry),
    insert(Complaint),
    insert(Purchase),
)
_THEIR_ROW = Customer.id == bindparam("who")
_CONTACT = update(Customer).where(_THEIR_ROW).values(last_contact_at=bindparam("now"))
_TRAVEL = update(Customer).where(_THEIR_ROW).values(timezone=bindparam("zone"))
_ITS_ROW = Complaint.id == bindparam("case")
_RESOLVE = (
    update(Complaint).where(_ITS_ROW).values(state=ComplaintState.RESOLVED, resolved_at=bindparam("now"))
)
_CONFIRM = (
    update(Complaint).where(_ITS_ROW).values(state=ComplaintState.CONFIRMED, closed_at=bindparam("now"))
)


@dataclass
class Life:
    """Draws what happens, writes it into the database as the program would, and into the diaries."""

    diaries: Sequence[Diary]
    chance: random.Random
    numbers: int = 0
    bought: list[tuple[int, datetime]] = field(default_factory=list)
    coming: list[tuple[datetime, Callable[[Session, datetime], None]]] = field(default_factory=list)
    answers: list[tuple[datetime, "Answer"]] = field(default_factory=list)
    rows: dict[UpdateBase, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def goes_on(self, session: Session, before: datetime, now: datetime) -> None:
        """Let happen what happens between two moments; each act is of the later one."""
        years = (now - before) / timedelta(days=365)
        for act, a_year in RATES:
            for _ in range(self._number(a_year * len(self.diaries) * years)):
                act(self, session, self.chance.choice(self.diaries), now)
        due = [act for at, act in self.coming if at <= now]
        self.coming = [(at, act) for at, act in self.coming if at > now]
        for act_now in due:
            act_now(session, now)
        answer_visits(self, session, [answer for at, answer in self.answers if at <= now], now)
        self.answers = [(at, answer) for at, answer in self.answers if at > now]
        session.flush()
        for statement, rows in self.rows.items():
            session.connection().execute(statement, rows)
        self.rows.clear()

    def write(self, statement: UpdateBase, **values: Any) -> None:
        """Let a row be written at the end of the step."""
        self.rows[statement].append(values)

    def later(self, at: datetime, act: Callable[[Session, datetime], None]) -> None:
        """Let something happen at a moment."""
        self.coming.append((at, act))

    def days(self, low: float, high: float) -> timedelta:
        """Draw a time."""
        return timedelta(days=self.chance.uniform(low, high))

    def number(self) -> int:
        """Give a number that was not given before."""
        self.numbers += 1
        return self.numbers

    def _number(self, expected: float) -> int:
        whole = int(expected)
        return whole + (self.chance.random() < expected - whole)


def write(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A customer writes; whoever had blocked us is reachable again."""
    life.write(
        _WRITE,
        customer_id=who.number,
        channel=CHANNEL,
        address=who.address,
        sender=who.address,
        text="Hello",
        at=now,
    )
    be_in_contact(life, who, now)
    if not who.is_reachable(now):
        who.blocked.append((now, True))
        session.connection().execute(
            update(Identity).where(Identity.customer_id == who.number).values(unreachable_since=None)
        )


def be_in_contact(life: Life, who: Diary, now: datetime) -> None:
    """Note a contact."""
    who.contacts.append(now)
    life.write(_CONTACT, who=who.number, now=now)


def complain(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A customer complains, and the case takes its course."""
    write(life, session, who, now)
    case = Case(life.number(), now)
    who.cases.append(case)
    due = now + timedelta(days=3)
    life.write(
        _COMPLAIN,
        id=case.number,
        customer_id=who.number,
        channel=CHANNEL,
        address=who.address,
        text="It is broken!",
        opened_at=now,
        first_response_due_at=due,
        resolution_due_at=due,
    )

    def resolve(_session: Session, at: datetime) -> None:
        case.resolved = at
        life.write(_RESOLVE, case=case.number, now=at)
        if life.chance.random() < 0.6:
            life.later(at + life.days(0.1, 5), confirm)

    def confirm(_session: Session, at: datetime) -> None:
        case.confirmed = at
        life.write(_CONFIRM, case=case.number, now=at)
        be_in_contact(life, who, at)

    life.later(now + life.days(0.2, 30), resolve)


def rate(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A customer gives stars unasked."""
    write(life, session, who, now)
    give_stars(life, who, life.chance.choice((1, 2, 3, 4, 5, 5)), now, source=EntrySource.RATING)


def give_stars(life: Life, who: Diary, stars: int, now: datetime, *, source: EntrySource) -> None:
    """Note stars."""
    who.stars.append((now, stars))
    life.write(_RATE, customer_id=who.number, source=source, value=(stars - 1) * 25.0, weight=1.0, at=now)


def stop(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A customer wants to hear nothing any more, or nothing of one kind."""
    purposes = tuple(Purpose) if life.chance.random() < 0.5 else (life.chance.choice(tuple(Purpose)),)
    _say(session, who, purposes, now, granted=False)
    be_in_contact(life, who, now)


def resume(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A customer takes that back."""
    if any(not who.allows(purpose, now) for purpose in Purpose):
        _say(session, who, tuple(Purpose), now, granted=True)
        be_in_contact(life, who, now)


def _say(session: Session, who: Diary, purposes: Sequence[Purpose], now: datetime, *, granted: bool) -> None:
    who.said += [(now, purpose, granted) for purpose in purposes]
    set_consent(session, who.number, granted=granted, now=now, purposes=purposes)


def block(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A customer blocks us."""
    who.blocked.append((now, False))
    session.connection().execute(
        update(Identity).where(Identity.customer_id == who.number).values(unreachable_since=now)
    )
    del life


def break_word(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A promise of ours is broken."""
    who.let_down.append(now)
    session.connection().execute(
        insert(Promise).values(
            customer_id=who.number,
            text="We call you",
            state=PromiseState.BROKEN,
            made_at=now - timedelta(days=2),
            due_at=now,
            closed_at=now,
        )
    )
    del life


def buy(life: Life, _session: Session, who: Diary, now: datetime) -> None:
    """A customer buys something, in a shop: they are not in contact with us."""
    life.write(_BUY, customer_id=who.number, reference=f"r{life.number()}", at=now, what="tea")
    life.bought.append((who.number, now))


def travel(life: Life, _session: Session, who: Diary, now: datetime) -> None:
    """A customer comes to another zone, and we know; their country stays what it was."""
    zone = life.chance.choice([home.timezone for home in HOMES if home.timezone])
    who.travelled.append((now, zone))
    life.write(_TRAVEL, who=who.number, zone=zone)


def let_things_go_wrong(life: Life, session: Session, now: datetime) -> None:
    """Of those for whom a campaign's message waits, some complain, are let down, cross, stop or block us."""
    waiting = (
        select(OutboxMessage.customer_id)
        .where(OutboxMessage.kind == MessageKind.CAMPAIGN, OutboxMessage.state == OutboxState.QUEUED)
        .order_by(OutboxMessage.id)
        .limit(len(life.diaries) // 20)
    )
    for place, number in enumerate(session.scalars(waiting).all()):
        if number is not None:
            GOES_WRONG[place % len(GOES_WRONG)](life, session, life.diaries[number - 1], now)


def rate_low(life: Life, session: Session, who: Diary, now: datetime) -> None:
    """A customer gives one star, without a word."""
    give_stars(life, who, 1, now, source=EntrySource.RATING)
    be_in_contact(life, who, now)


@dataclass(frozen=True)
class Answer:
    """A tap on a star of a visit, still to come."""

    who: Diary
    visit_id: int


def answer_visits(life: Life, session: Session, answers: Sequence[Answer], now: datetime) -> None:
    """Customers tap on stars of their visits."""
    if not answers:
        return
    numbers = [answer.visit_id for answer in answers]
    visits = {visit.id: visit for visit in session.scalars(select(Visit).where(Visit.id.in_(numbers)))}
    for answer in answers:
        stars = life.chance.choice((1, 2, 3, 4, 4, 5, 5, 5))
        note_answer(visits[answer.visit_id], FIRST_STEP, stars, now=now)
        give_stars(life, answer.who, stars, now, source=EntrySource.VISIT_ANSWER)
        be_in_contact(life, answer.who, now)


RATES: Sequence[tuple[Act, float]] = (
    (write, 0.8),
    (complain, 0.1),
    (rate, 0.12),
    (stop, 0.03),
    (resume, 0.05),
    (block, 0.02),
    (break_word, 0.02),
    (buy, 0.1),
    (travel, 0.1),
)
"""How often each happens to a customer in a year."""

GOES_WRONG: Sequence[Act] = (complain, break_word, rate_low, complain, stop, block)
