"""Who takes over from somebody: their customers, open cases and open promises, in one transaction.

Return visits are no person's: whoever is a customer's designated contact when one is due speaks in it, and
those that are queued already are worded anew (``scheduler.new_contacts``). Nothing here commits.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from customers.company import Company
from customers.staff import active_staff, deactivate, joined_staff
from feedback.assignment import colleagues, look_again, primary
from feedback.assignment_rules import Colleague
from feedback.owners import IS_LIVE, Given, Why, held_cases, pass_on
from store.errors import InputError
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState
from store.tables.staff import Role, Staff

CHUNK = 500


class NotJoinedError(InputError):
    """Somebody who has not joined yet would take over, and hear nothing of it, while others do hear.

    Attributes:
        name: of whoever it is.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has not joined yet and would hear of nothing: let them join first "
            "(`rapport staff code`), or name somebody else"
        )
        self.name = name


IS_UNFILED = and_(
    Complaint.closed_at.is_(None), Complaint.state.in_(sorted(ENDED - {ComplaintState.DISMISSED}))
)
"""The condition for cases that ended before staff said of what and how."""


@dataclass(slots=True)
class Received:
    """What somebody took over.

    Attributes:
        to: who.
        contacts: numbers of the customers whose designated contact they are now.
        cases: the open cases that are theirs now.
        unfiled: numbers of the ended cases of which they are reminded now that cause and remedy are missing.
        promises: the open promises that they keep now.
    """

    to: Staff
    contacts: list[int] = field(default_factory=list)
    cases: list[Given] = field(default_factory=list)
    unfiled: list[int] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    @property
    def with_something_open(self) -> Sequence[int]:
        """Numbers of the customers who have an open case or promise among these, each once."""
        cases = [given.customer.id for given in self.cases]
        return list(dict.fromkeys([*cases, *(made.customer_id for made in self.promises)]))


@dataclass(frozen=True, slots=True)
class Belongings:
    """How much is somebody's: customers whose contact they are, open cases, open promises."""

    customers: int
    cases: int
    promises: int

    def __bool__(self) -> bool:
        return any((self.customers, self.cases, self.promises))


def belongings_of(session: Session, staff: Staff) -> Belongings:
    """Count what is somebody's."""
    counts = (
        select(func.count()).where(Customer.contact_id == staff.id),
        select(func.count()).where(Complaint.owner_id == staff.id, IS_LIVE),
        select(func.count()).where(Promise.staff_id == staff.id, Promise.state == PromiseState.OPEN),
    )
    return Belongings(*(session.scalar(count) or 0 for count in counts))


def successors_of(
    session: Session, staff: Staff, *, channels: Collection[str], team: str | None = None
) -> Sequence[Staff]:
    """Choose over whom the belongings of somebody are spread: their team, or a named one, else everybody.

    Marketers are among them only where there is nobody else, and so are those who have not joined yet on any
    of the apps that are switched on (``channels``).

    Raises:
        InputError: the named team has nobody, or nobody else works here.
    """
    everybody, joined = active_staff(session), joined_staff(session, channels=channels)
    rest = [one for one in everybody if one.id != staff.id]
    others = [one for one in rest if one.id in joined] or rest
    of_team = [one for one in others if one.team == (team or staff.team) and one.team]
    if team and not of_team:
        raise InputError(f"nobody else who has joined is in the team {team!r}: name somebody with --to")
    among = of_team or others
    if not among:
        raise InputError(f"nobody but {staff.name} works here: take somebody in first")
    return [one for one in among if one.role is not Role.MARKETER] or among


def leave(
    session: Session, leaver: Staff, receivers: Sequence[Staff], *, company: Company, now: datetime
) -> Sequence[Received]:
    """Hand over all that is somebody's, and end their access at once; does not commit.

    Returns:
        What each of the receivers took over.

    Raises:
        InputError: they left before, or nobody who works here takes over.
    """
    received = hand_over(session, leaver, receivers, company=company, now=now, contacts=True)
    for absent in session.scalars(select(Staff).where(Staff.cover_id == leaver.id)):
        absent.cover_id = receivers[0].id if receivers[0].id != absent.id else None
    deactivate(session, leaver)
    look_again(session)
    return received


def hand_over(
    session: Session,
    giver: Staff,
    receivers: Sequence[Staff],
    *,
    company: Company,
    now: datetime,
    contacts: bool,
    only: int | None = None,
) -> Sequence[Received]:
    """Hand over what is somebody's; a customer goes to one receiver with all that is open. Does not commit.

    Args:
        session: the open transaction.
        giver: whose it is.
        receivers: whose it shall be, evenly; who knows a customer's language comes first.
        company: whose teams they are in.
        now: aware UTC.
        contacts: whether they leave, and are no customer's contact and reminded of no ended case either.
        only: the number of the one case that is handed over, where it is not all.

    Raises:
        InputError: the giver, or one who shall receive, has left, or they are the same.
        NotJoinedError: one who shall receive has not joined yet, while others have.
    """
    _check(session, giver, receivers)
    check_receivers(session, giver, receivers, company=company, now=now, leaves=contacts)
    theirs = _contacts(session, giver) if contacts else {}  # held first, as by whoever writes to us
    cases = _cases(session, giver, only)
    unfiled = held_cases(session, Complaint.owner_id == giver.id, IS_UNFILED) if contacts else ()
    promises = _promises(session, giver, only)
    languages = {**theirs, **{customer.id: customer.language for _, customer in (*cases, *unfiled)}}
    weights = Counter(customer.id for _, customer in cases) + Counter(made.customer_id for made in promises)
    there = colleagues(session, company=company, now=now)
    whose = {number: languages.get(number, "") for number in {**weights, **languages}}
    to = spread(whose, [there[one.id] for one in receivers], weights)
    received = {one.id: Received(one) for one in receivers}
    _move_contacts(session, theirs, to, received)
    for complaint, customer in cases:
        one = received[to[customer.id]]
        given = pass_on(session, complaint, customer, to=one.to, why=Why.HANDED_OVER, now=now)
        if given is not None:
            one.cases.append(given)
    _move_unfiled(unfiled, to, received)
    for made in promises:
        made.staff_id = to[made.customer_id]
        received[made.staff_id].promises.append(made)
    session.flush()
    look_again(session)
    return list(received.values())


def check_receivers(
    session: Session,
    giver: Staff,
    receivers: Collection[Staff],
    *,
    company: Company,
    now: datetime,
    leaves: bool,
) -> None:
    """Check that who takes over hears of it, as far as anybody does but a giver who ``leaves``.

    Raises:
        NotJoinedError: one of them has not joined yet, while others have.
    """
    there = colleagues(session, company=company, now=now)
    hear = {one.id for one in there.values() if one.reachable and not (leaves and one.id == giver.id)}
    unheard = next((one for one in receivers if hear and one.id not in hear), None)
    if unheard is not None:
        raise NotJoinedError(unheard.name)


def spread(
    customers: Mapping[int, str], receivers: Sequence[Colleague], weights: Mapping[int, int]
) -> Mapping[int, int]:
    """Share out customers: to who knows their language, then who got the least, has the least to do. Pure.

    Args:
        customers: their languages, by number.
        receivers: who takes over; one at least.
        weights: how many things are open with a customer; one with nothing open counts as one.

    Returns:
        The number of the receiver, by that of the customer.
    """
    got = dict.fromkeys((one.id for one in receivers), 0)
    to: dict[int, int] = {}
    for number, language in sorted(customers.items(), key=lambda item: (-weights.get(item[0], 0), item[0])):
        best = min(
            receivers,
            key=lambda one: (not _speaks(one, primary(language)), got[one.id], one.load, one.id),
        )
        to[number] = best.id
        got[best.id] += 1 + weights.get(number, 0)
    return to


def _speaks(one: Colleague, language: str) -> bool:
    return not one.languages or not language or language in one.languages


def _check(session: Session, giver: Staff, receivers: Collection[Staff]) -> None:
    session.flush()
    # Whoever notes what the giver did, in a case that we are about to take, is not to wait for us.
    held = {"key_share": True}
    if session.get(Staff, giver.id, with_for_update=held, populate_existing=True) is None or not giver.active:
        raise InputError(f"{giver.name} has left already")
    if not receivers:
        raise InputError("nobody takes over: name somebody who works here")
    for one in receivers:
        if one.id == giver.id:
            raise InputError(f"{giver.name} cannot take over from themselves: name somebody else")
        if not one.active:
            raise InputError(f"{one.name} has left and cannot take over: name somebody else")


def _cases(session: Session, giver: Staff, only: int | None) -> Sequence[tuple[Complaint, Customer]]:
    of_one = () if only is None else (Complaint.id == only,)
    return held_cases(session, Complaint.owner_id == giver.id, IS_LIVE, *of_one)


def _promises(session: Session, giver: Staff, only: int | None) -> Sequence[Promise]:
    return session.scalars(
        select(Promise)
        .where(
            Promise.staff_id == giver.id,
            Promise.state == PromiseState.OPEN,
            *(() if only is None else (Promise.complaint_id == only,)),
        )
        .order_by(Promise.id)
        .with_for_update()
    ).all()


def _contacts(session: Session, giver: Staff) -> Mapping[int, str]:
    """Give the customers whose contact somebody is; none of them can write to us until the end.

    Who writes is held before their cases are, so they are here, too: else each might wait for the other.
    """
    mine = (
        select(Customer.id, Customer.language)
        .where(Customer.contact_id == giver.id)
        .order_by(Customer.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row.language for row in session.execute(mine)}


def _move_unfiled(
    unfiled: Iterable[tuple[Complaint, Customer]], to: Mapping[int, int], received: Mapping[int, Received]
) -> None:
    for complaint, customer in unfiled:
        complaint.owner_id = to[customer.id]
        received[complaint.owner_id].unfiled.append(complaint.id)


def _move_contacts(
    session: Session, theirs: Iterable[int], to: Mapping[int, int], received: Mapping[int, Received]
) -> None:
    for number in theirs:
        received[to[number]].contacts.append(number)
    for receiver, one in received.items():
        for start in range(0, len(one.contacts), CHUNK):
            session.execute(
                update(Customer)
                .where(Customer.id.in_(one.contacts[start : start + CHUNK]))
                .values(contact_id=receiver)
                .execution_options(synchronize_session=False)  # each is brought up to date by itself
            )
        for number in one.contacts:
            customer = session.identity_map.get(identity_key(Customer, number))
            if customer is not None:
                set_committed_value(customer, "contact_id", receiver)
