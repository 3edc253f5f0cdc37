"""What everybody is told of a handover: the receivers, and the customers with whom something is open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.consent import who_may_be_told
from customers.local_time import moment_in
from customers.phrases import Phrases, listed, phrases
from customers.profile import chats_with, customers_by_id, name_for_staff
from customers.speaking import signature, spoken_name
from feedback.case_clocks import due_of
from feedback.case_history import customer_timeline
from feedback.complaints import reference
from feedback.handover import Received
from feedback.owners import Given
from feedback.record import satisfaction_of
from handlers.buttons import button
from handlers.matters import about_complaint, about_customer
from handlers.staff.alert_text import shortened
from handlers.staff.history_text import entry_in_words
from handlers.staff.owners import LISTED, new_owners_told
from handlers.staff.satisfaction_text import satisfaction_in_words
from handlers.staff.standing import standing_of
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from scheduler.new_contacts import MOST_AT_ONCE, introductions, reword_visits
from store.outbox import Button, ButtonRows, Draft
from store.tables.customers import Customer, Purpose
from store.tables.desk import Promise
from store.tables.queues import MessageKind
from store.tables.staff import Staff

HISTORY_LINES = 5
QUOTED = 200
MOST_BRIEFS, FEWEST_BRIEFS = 30, 3
"""Briefs of customers with nothing open, over all receivers, and for each; of all others /customer tells."""
MOST_OPEN_BRIEFS = 150
"""Briefs of customers with something open, over all receivers: nobody reads more at once, a chat is not
flooded for hours, and the database is not held for seconds."""


def handover_told(
    session: Session, giver: Staff, received: Sequence[Received], *, company: Company, now: datetime
) -> Sequence[Draft]:
    """Compose what all concerned are told, with dedupe keys of their own; rewords queued visits.

    Each receiver gets a heading and a brief of each customer with something open; these customers are
    written to at once, each once. Customers with nothing open hear from their new contact as
    ``scheduler.new_contacts`` says.
    """
    receivers = max(1, len(received))
    introduced = max(1, MOST_AT_ONCE // receivers)
    briefs = max(FEWEST_BRIEFS, MOST_OPEN_BRIEFS // receivers)
    with_alerts = sum(len(one.cases) for one in received) <= LISTED
    return [
        draft
        for one in received
        for draft in _told(
            _Share.of(session, giver, one, company, now),
            introduced=introduced,
            briefs=briefs,
            with_alerts=with_alerts,
        )
    ]


def _told(share: "_Share", *, introduced: int, briefs: int, with_alerts: bool) -> Iterator[Draft]:
    session, one, company, now = share.session, share.received, share.company, share.now
    if not (one.contacts or one.cases or one.unfiled or one.promises):
        return
    yield _heading(share)
    yield from new_owners_told(session, one.cases, company=company, now=now, with_alerts=with_alerts)
    concerned = one.with_something_open
    others = set(one.contacts) - set(concerned)
    first_spoken = introductions(
        session, others, contact=one.to, before=share.giver, company=company, now=now, most=introduced
    )
    reword_visits(session, contact=one.to, company=company)
    known = [draft.customer_id for draft in first_spoken if draft.customer_id]
    others_briefed = max(FEWEST_BRIEFS, MOST_BRIEFS * briefs // MOST_OPEN_BRIEFS)
    briefed = [*concerned[:briefs], *known[:others_briefed]]
    customers = customers_by_id(session, dict.fromkeys([*briefed, *concerned]))
    for number in briefed:
        yield _brief(share, customers[number])
    for number, chat in _chats(share, concerned).items():
        yield _to_customer(share, customers[number], chat)
    yield from first_spoken


@dataclass(frozen=True, slots=True)
class _Share:
    """What one receiver took over, and what is told of it: all cases and promises by their customers."""

    session: Session
    giver: Staff
    received: Received
    company: Company
    now: datetime
    cases: Mapping[int, Sequence[Given]]
    promises: Mapping[int, Sequence[Promise]]

    @classmethod
    def of(cls, session: Session, giver: Staff, one: Received, company: Company, now: datetime) -> "_Share":
        cases: dict[int, list[Given]] = {}
        for given in one.cases:
            cases.setdefault(given.customer.id, []).append(given)
        promises: dict[int, list[Promise]] = {}
        for made in one.promises:
            promises.setdefault(made.customer_id, []).append(made)
        return cls(session, giver, one, company, now, cases, promises)

    @property
    def occasion(self) -> str:
        """Begins the dedupe keys of all that is told."""
        return f"handover:{self.giver.id}:{self.received.to.id}:{self.now.isoformat()}"


def _heading(share: _Share) -> Draft:
    """Say how much it is; no customer is named, for a list is not found when one of them is erased."""
    one, say = share.received, phrases(share.company.language)
    lines = [
        say("📥 {name}, {giver} hands over to you:", name=one.to.name, giver=share.giver.name),
        *_counts(one, say),
    ]
    if one.contacts or one.promises:
        lines.append(say("Briefs follow. /customer NUMBER tells of everybody else."))
    return _to_staff(share.company, "\n".join(lines), MessageKind.ALERT, key=share.occasion)


def _counts(one: Received, say: Phrases) -> Iterator[str]:
    if one.contacts:
        yield say.count("• {number} customer", "• {number} customers", len(one.contacts))
    if one.cases:
        yield say.count("• {number} open case", "• {number} open cases", len(one.cases))
    if one.unfiled:
        yield say.count(
            "• {number} ended case without cause and remedy",
            "• {number} ended cases without cause and remedy",
            len(one.unfiled),
        )
    if one.promises:
        yield say.count("• {number} open promise", "• {number} open promises", len(one.promises))


def _brief(share: _Share, customer: Customer) -> Draft:
    """Tell who a customer is, what happened lately, and what is open."""
    session, company, now = share.session, share.company, share.now
    say = phrases(company.language)
    satisfaction = satisfaction_of(session, customer, now)
    history = customer_timeline(session, customer, limit=HISTORY_LINES)
    cases = share.cases.get(customer.id, ())
    lines = [
        say("For {name}:", name=share.received.to.name),
        f"{name_for_staff(customer, say)} · {standing_of(session, customer, say, now=now)}",
        satisfaction_in_words(satisfaction.index, satisfaction.confidence, satisfaction.trend, say),
        *(_case_line(given, company, say) for given in cases),
        *(_promise_line(made, company, say) for made in share.promises.get(customer.id, ())),
        *([say("What happened, the newest first:")] if history else []),
        *(entry_in_words(entry, say, company.timezone, with_case=True) for entry in reversed(history)),
    ]
    return _to_staff(
        company,
        "\n".join(lines),
        MessageKind.PROGRESS,
        key=f"{share.occasion}:{customer.id}",
        about=about_complaint(cases[0].complaint.id) if len(cases) == 1 else about_customer(customer.id),
        buttons=((_reply(customer, cases, say),),),
    )


def _reply(customer: Customer, cases: Sequence[Given], say: Phrases) -> Button:
    """Let staff write on in the one case that there is, else to the customer."""
    if len(cases) == 1:
        return button(say("Reply"), "reply", cases[0].complaint.id)
    return button(say("Reply"), "reply", "customer", customer.id)


def _case_line(given: Given, company: Company, say: Phrases) -> str:
    complaint = given.complaint
    due = due_of(complaint)
    return say(
        "Open: {reference}, due {due}: “{words}”",
        reference=reference(complaint.id),
        due=moment_in(due, company.timezone, say),
        words=shortened(complaint.text, QUOTED),
    )


def _promise_line(made: Promise, company: Company, say: Phrases) -> str:
    return say(
        "Promised by {due}: “{words}”",
        due=moment_in(made.due_at, company.timezone, say),
        words=shortened(made.text, QUOTED),
    )


def _chats(share: _Share, concerned: Sequence[int]) -> Mapping[int, Chat]:
    """Choose where customers hear of it; who is not to, or cannot be reached, is left out."""
    if share.company.desk.speaks_as is not None:
        return {}
    may_hear = who_may_be_told(share.session, concerned)
    preferred = {number: _preferred(share, number) for number in concerned if number in may_hear}
    chats = chats_with(share.session, preferred)
    on = share.company.channels
    return {number: chat for number, chat in chats.items() if chat is not None and chat.channel in on}


def _preferred(share: _Share, customer_id: int) -> Chat | None:
    cases = share.cases.get(customer_id)
    return Chat(cases[0].complaint.channel, cases[0].complaint.address) if cases else None


def _to_customer(share: _Share, customer: Customer, chat: Chat) -> Draft:
    """Let the new person introduce themselves in the matter that is open.

    Nobody asked them to, so quiet hours hold; and who says stop meanwhile hears nothing (``purpose``).
    """
    company, cases = share.company, share.cases.get(customer.id, ())
    say = phrases(customer.language, customer.country)
    values = {
        "before": spoken_name(share.giver, company),
        "who": signature(share.received.to, company, say),
    }
    if cases:
        text = say(
            "{before} has handed {reference} over to me. I am {who}, and I see to it from now on. "
            "Just write here.",
            reference=listed((reference(given.complaint.id) for given in cases), say),
            **values,
        )
    else:
        text = say(
            "{before} has handed over to me what you were promised. I am {who}, and I see to it from now on. "
            "Just write here.",
            **values,
        )
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=customer.id,
        text=text,
        dedupe_key=f"{share.occasion}:{customer.id}:told",
        about=about_complaint(cases[0].complaint.id) if cases else about_customer(customer.id),
        not_before=leaves_at(share.now, zone_of(customer, company), company),
        purpose=Purpose.VISITS,
    )


def _to_staff(
    company: Company,
    text: str,
    kind: MessageKind,
    *,
    key: str,
    about: str | None = None,
    buttons: ButtonRows = (),
) -> Draft:
    chat = company.staff_chat
    return Draft(kind, chat.channel, chat.address, text, buttons=buttons, dedupe_key=key, about=about)
