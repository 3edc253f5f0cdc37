"""Who is accountable for a case: staff and what each has, as they stand, handed to the rule.

One look at the staff serves a whole transaction; whatever is assigned in it is counted up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from customers.desk import Hours
from customers.duty import is_away, is_on_duty
from customers.profile import find_staff
from customers.staff import active_staff, joined_staff
from feedback.assignment_rules import WEIGHTS, Colleague, Wanted, choose, load_of, who_hear
from feedback.business_time import between, calendar_of
from feedback.loads import Load, current_loads
from store.new_rows import AnyCase
from store.tables.complaints import CaseSeverity
from store.tables.customers import Customer
from store.tables.staff import Staff

A_MOMENT = timedelta(minutes=1)
_SEEN = "colleagues"
_Seen = tuple[object, datetime, dict[int, Colleague], Sequence[Staff]]
"""The transaction, its moment, who was seen; and their rows, so that the session need not read them again."""


def assign(
    session: Session,
    *,
    customer: Customer,
    company: Company,
    now: datetime,
    not_to: Collection[int] = (),
    first: Collection[int] = (),
    last: Collection[int] = (),
    skills: Collection[str] = (),
    severity: CaseSeverity = CaseSeverity.NORMAL,
) -> Staff | None:
    """Choose who is accountable for a customer's case, and count it to them; writes nothing.

    Args:
        session: the open transaction.
        customer: whose case it is.
        company: whose teams they are in.
        now: aware UTC.
        not_to: numbers of staff who must not get it.
        first, last: numbers of staff who come, or whoever covers them comes, before the customer's designated
            contact, and after them.
        skills: what it is about, e.g. parts of the service.
        severity: of the case.

    Returns:
        An active member of staff; None only where there is none but those in ``not_to`` who can be reached.
    """
    colleagues = _colleagues(session, company=company, now=now)
    contact = () if customer.contact_id is None else (customer.contact_id,)
    wanted = Wanted((*first, *contact, *last), primary(customer.language), frozenset(skills))
    chosen = choose(colleagues, wanted, not_to=not_to)
    if chosen is None:
        return None
    one, weight = colleagues[chosen], WEIGHTS[severity]
    more = load_of(weight, weight * now.timestamp(), now)
    colleagues[chosen] = replace(one, load=one.load + more, cases=one.cases + 1)
    return find_staff(session, chosen)


def accountable_of(session: Session, complaint: AnyCase) -> Staff | None:
    """Give who is accountable for a case; None where its owner has left, until it is given to another."""
    owner = None if complaint.owner_id is None else session.get(Staff, complaint.owner_id)
    return owner if owner is not None and owner.active else None


def colleagues(session: Session, *, company: Company, now: datetime) -> Mapping[int, Colleague]:
    """Give all active staff by number, with what each has; looked at once in a transaction."""
    return _colleagues(session, company=company, now=now)


def is_there(session: Session, staff: Staff, *, company: Company, now: datetime) -> bool:
    """Tell whether somebody is on duty and hears what they are told, as far as anybody does."""
    there = _colleagues(session, company=company, now=now)
    one = there.get(staff.id)
    return one is not None and one.on_duty and one in who_hear(there)


def look_again(session: Session) -> None:
    """Forget who was seen in this transaction: somebody's duty, role or cases changed."""
    session.info.pop(_SEEN, None)


def primary(language: str) -> str:
    """Give the primary part of a language tag: ``zh`` of ``zh-Hans``."""
    return language.replace("_", "-").partition("-")[0].lower()


def _colleagues(session: Session, *, company: Company, now: datetime) -> dict[int, Colleague]:
    seen: _Seen | None = session.info.get(_SEEN)
    transaction = session.get_transaction()
    if seen is None or seen[0] is not transaction or seen[1] != now:
        members = active_staff(session)
        is_choice = len(members) > 1  # one alone gets it whatever they have
        loads = current_loads(session) if is_choice else {}
        joined = joined_staff(session, channels=company.channels) if is_choice else ()
        found = {
            one.id: _seen(one, loads.get(one.id, Load()), company, now, joined=one.id in joined)
            for one in members
        }
        seen = session.info[_SEEN] = (session.get_transaction(), now, found, members)
    return seen[2]


def _seen(staff: Staff, load: Load, company: Company, now: datetime, *, joined: bool) -> Colleague:
    desk = company.desk
    team = desk.teams.get(staff.team or "")
    return Colleague(
        id=staff.id,
        role=staff.role,
        on_duty=is_on_duty(staff, now),
        away=is_away(staff, now),
        cover_id=staff.cover_id,
        at_work=_is_at_work(desk.hours if team is None else team.hours, company, now),
        languages=frozenset(map(primary, staff.languages or (() if team is None else team.languages))),
        skills=frozenset(staff.skills),
        load=load_of(load.weight, load.opened, now),
        cases=load.cases,
        reachable=joined,
    )


def _is_at_work(hours: Hours, company: Company, now: datetime) -> bool:
    return between(calendar_of(hours, company.timezone), now, now + A_MOMENT) > timedelta(0)
