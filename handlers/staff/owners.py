"""Cases that went to somebody else, and how staff hear of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from feedback.complaints import reference
from feedback.owners import Given, Why, give_cases, give_misplaced
from handlers.staff.alerts import refreshed_alert
from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind

LISTED = 20
"""Of more cases than these, the others are counted, and their alerts are left as they are."""


def give_seen(session: Session, numbers: Sequence[int], *, company: Company, now: datetime) -> int:
    """Give cases that were seen to be with nobody who may have them to others, and tell these; a planner.

    Returns:
        How many cases went to another.
    """
    given = give_cases(session, numbers, company=company, now=now)
    enqueue(session, new_owners_told(session, given, company=company, now=now), now=now)
    return len(given)


def given_at_once(session: Session, *, company: Company, now: datetime) -> Sequence[Draft]:
    """Give such cases because somebody has just gone or come; what is too much for one time, a beat does."""
    given = give_misplaced(session, company=company, now=now)
    return new_owners_told(session, given, company=company, now=now)


def new_owners_told(
    session: Session, given: Sequence[Given], *, company: Company, now: datetime, with_alerts: bool = True
) -> Sequence[Draft]:
    """Tell each new owner in the staff chat what is theirs now, and bring the alerts up to date.

    Args:
        session: the open transaction.
        given: cases that went to another.
        company: who we are.
        now: aware UTC.
        with_alerts: whether their alerts may be brought up to date; of very many they are left as they are.
    """
    by_owner: dict[int, list[Given]] = {}
    for one in given:
        by_owner.setdefault(one.owner.id, []).append(one)
    say = phrases(company.language)
    told = [
        Draft(
            kind=MessageKind.ALERT,
            channel=company.staff_chat.channel,
            address=company.staff_chat.address,
            text=_list(theirs, say),
            dedupe_key=_key(theirs[0], now),
        )
        for theirs in by_owner.values()
    ]
    few = with_alerts and len(given) <= LISTED
    return (*told, *(_alerts(session, given, company, now) if few else ()))


def _alerts(session: Session, given: Sequence[Given], company: Company, now: datetime) -> Sequence[Draft]:
    return [
        replace(draft, dedupe_key=f"{_key(one, now)}:alert")
        for one in given
        for draft in refreshed_alert(session, one.complaint, one.customer, company=company, now=now)
    ]


def _key(given: Given, now: datetime) -> str:
    return f"owner:{given.owner.id}:{given.complaint.id}:{now.isoformat()}"


def _list(given: Sequence[Given], say: Phrases) -> str:
    """List cases by reference alone: a list that names customers is not found when one is erased."""
    lines = [
        say.count(
            "👤 {name}, {number} case is yours now:",
            "👤 {name}, {number} cases are yours now:",
            len(given),
            name=given[0].owner.name,
        ),
        *(f"{reference(one.complaint.id)} · {_why(one, say)}" for one in given[:LISTED]),
    ]
    if (more := len(given) - LISTED) > 0:
        lines.append(say.count("… and {number} more.", "… and {number} more.", more))
    return "\n".join(lines)


def _why(given: Given, say: Phrases) -> str:
    name = say("somebody") if given.before is None else given.before.name
    reasons: Mapping[Why, str] = {
        Why.NOBODY: say("nobody had it"),
        Why.LEFT: say("{name} has left", name=name),
        Why.AWAY: say("{name} is away", name=name),
        Why.OFF_DUTY: say("{name} is off duty", name=name),
        Why.NOT_JOINED: say("{name} has not joined yet", name=name),
        Why.HANDED_OVER: say("handed over by {name}", name=name),
    }
    return reasons[given.why]
