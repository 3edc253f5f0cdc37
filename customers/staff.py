"""Members of staff: who they are on each app, and how they join by a one-time code."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.tables.staff import JoinCode, Role, Staff, StaffIdentity

CODE_LIFETIME = timedelta(days=7)
CODE_BYTES = 12

_BY_SENDER = (
    select(StaffIdentity.sender, Staff)
    .join(Staff, Staff.id == StaffIdentity.staff_id)
    .where(
        StaffIdentity.channel == bindparam("channel"),
        StaffIdentity.sender.in_(bindparam("senders", expanding=True)),
        Staff.active.is_(True),
    )
)


def find_staff(session: Session, *, channel: str, sender: str) -> Staff | None:
    """Find the active member of staff who speaks under a user id of an app."""
    return staff_by_sender(session, channel=channel, senders=[sender]).get(sender)


def staff_by_sender(session: Session, *, channel: str, senders: Collection[str]) -> Mapping[str, Staff]:
    """Find the active members of staff who speak under one of these user ids of an app."""
    rows = session.execute(_BY_SENDER, {"channel": channel, "senders": list(senders)})
    return {row.sender: row.Staff for row in rows}


def has_joined(session: Session) -> bool:
    """Tell whether anybody of the staff has joined, on whatever app."""
    joined = (
        select(StaffIdentity.id).join(Staff, Staff.id == StaffIdentity.staff_id).where(Staff.active.is_(True))
    )
    return session.scalar(joined.limit(1)) is not None


def add_staff(session: Session, *, name: str, role: Role, now: datetime) -> tuple[Staff, str]:
    """Take somebody into the staff; does not commit.

    Returns:
        The new member, and a join code that works once and for seven days.
    """
    member = Staff(name=name, role=role, created_at=now)
    session.add(member)
    session.flush()
    return member, issue_code(session, member.id, now=now)


def issue_code(session: Session, staff_id: int, *, now: datetime) -> str:
    """Make a new one-time join code for a member of staff; only its hash is kept. Does not commit."""
    code = secrets.token_urlsafe(CODE_BYTES)
    session.add(JoinCode(code_hash=_hash(code), staff_id=staff_id, expires_at=now + CODE_LIFETIME))
    session.flush()
    return code


def redeem_code(session: Session, code: str, *, channel: str, sender: str, now: datetime) -> Staff:
    """Make the bearer of a join code a member of staff on this app; does not commit.

    Raises:
        NotFoundError: the code is unknown, used, expired, or its owner has left.
    """
    found = session.get(JoinCode, _hash(code.strip()), with_for_update=True)
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise NotFoundError("this join code is not valid: ask for a new one (rapport staff add)")
    member = session.get_one(Staff, found.staff_id)
    if not member.active:
        raise NotFoundError("this join code is not valid: its owner has left")
    found.used_at = now
    identity = session.scalar(
        select(StaffIdentity).where(StaffIdentity.channel == channel, StaffIdentity.sender == sender)
    )
    if identity is None:
        session.add(StaffIdentity(staff_id=member.id, channel=channel, sender=sender, joined_at=now))
    else:
        identity.staff_id, identity.joined_at = member.id, now
    session.flush()
    return member


def deactivate(session: Session, member: Staff) -> None:
    """End somebody's access on every app, and void their join codes; does not commit."""
    member.active = False
    session.execute(delete(StaffIdentity).where(StaffIdentity.staff_id == member.id))
    void_codes(session, member.id)


def void_codes(session: Session, staff_id: int) -> None:
    """Void the join codes of a member of staff that nobody used; does not commit."""
    session.execute(delete(JoinCode).where(JoinCode.staff_id == staff_id, JoinCode.used_at.is_(None)))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
