"""``rapport staff``: who answers customers, and how they get in."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import WEB_STAFF_CHAT, Settings
from customers.staff import CODE_LIFETIME, add_staff, deactivate, issue_code, void_codes
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.staff import Role, Staff, StaffIdentity

WEB_DESK = "Desk"
"""The member of staff whom the first start's one-time link signs in, where staff use the web."""


def add(database: Database, settings: Settings, *, name: str, role: Role) -> Iterator[str]:
    """Take somebody into the staff; yields what to tell them."""
    if not name.strip():
        raise InputError("the name is empty: give the name that customers and colleagues read")
    with database.transaction() as session:
        member, code = add_staff(session, name=name.strip(), role=role, now=datetime.now(UTC))
    yield f"{member.name} is number {member.id} ({member.role})."
    yield from invitation(settings, code)


def new_code(database: Database, settings: Settings, *, number: int) -> Iterator[str]:
    """Make a new join code for somebody; yields what to tell them."""
    with database.transaction() as session:
        member = _member(session, number)
        code = issue_code(session, member.id, now=datetime.now(UTC))
    yield from invitation(settings, code)


def invitation(settings: Settings, code: str) -> Iterator[str]:
    """Say how a join code is used; each works once and for seven days."""
    yield f"Their join code works once, for {CODE_LIFETIME.days} days:"
    if settings.staff == WEB_STAFF_CHAT:
        yield f"  in a browser:            {staff_link(settings, code)}"
    yield f"  or written to the bot:   /join {code}"


def staff_link(settings: Settings, code: str) -> str:
    """Give the one-time link that signs somebody in to the staff page."""
    return f"{settings.base_url}/staff?code={code}"


def desk_code(session: Session, *, now: datetime) -> str:
    """Make a join code for the web desk, which is taken into the staff at the first call; does not commit.

    Its earlier codes that nobody used are void: an old log line must not open the desk.
    """
    desk = session.scalar(
        select(Staff).where(Staff.name == WEB_DESK, Staff.active.is_(True)).order_by(Staff.id)
    )
    if desk is None:
        return add_staff(session, name=WEB_DESK, role=Role.MANAGER, now=now)[1]
    void_codes(session, desk.id)
    return issue_code(session, desk.id, now=now)


def new_link(database: Database, settings: Settings) -> Iterator[str]:
    """Make a new one-time link that signs a browser in as the web desk; yields what to tell the operator.

    Raises:
        InputError: staff are on a messaging app, where there is no page to sign in to.
    """
    if settings.staff != WEB_STAFF_CHAT:
        raise InputError(
            "staff get their alerts in Telegram (RAPPORT_STAFF_CHAT), not in a browser:"
            " `rapport staff add` lets somebody in there"
        )
    with database.transaction() as session:
        code = desk_code(session, now=datetime.now(UTC))
    yield staff_link(settings, code)
    yield f"It signs one browser in, within {CODE_LIFETIME.days} days; earlier ones are void."


def listing(database: Database) -> Iterator[str]:
    """List the staff, one line each."""
    with database.reading() as session:
        members = session.scalars(select(Staff).order_by(Staff.id)).all()
        channels: dict[int, list[str]] = {}
        for identity in session.scalars(select(StaffIdentity).order_by(StaffIdentity.id)):
            channels.setdefault(identity.staff_id, []).append(identity.channel)
    if not members:
        yield "Nobody yet: rapport staff add NAME --role agent"
    for member in members:
        where = ", ".join(sorted(set(channels.get(member.id, [])))) or "not joined yet"
        yield f"{member.id:>4}  {member.name:<24} {member.role:<9} {where if member.active else 'removed'}"


def remove(database: Database, *, number: int) -> str:
    """End somebody's access; returns what to tell the operator."""
    with database.transaction() as session:
        member = _member(session, number)
        deactivate(session, member)
    return f"{member.name} has no access any more."


def _member(session: Session, number: int) -> Staff:
    member = session.get(Staff, number)
    if member is None or not member.active:
        raise NotFoundError(
            f"there is no active member of staff with number {number}: see `rapport staff list`"
        )
    return member
