"""Members of staff: who they are on each app, what they are called, and how they join by a one-time code."""

import hashlib
import secrets
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from store.errors import InputError, NotFoundError
from store.one_of import is_one_of
from store.tables.staff import JoinCode, Role, Staff, StaffIdentity

CODE_LIFETIME = timedelta(days=7)
CODE_BYTES = 12
LONGEST_NAME = 64

_BY_SENDER = (
    select(StaffIdentity.sender, Staff)
    .join(Staff, Staff.id == StaffIdentity.staff_id)
    .where(
        StaffIdentity.channel == bindparam("channel"),
        is_one_of(StaffIdentity.sender, "senders"),
        Staff.active.is_(True),
    )
)
_ACTIVE = select(Staff).where(Staff.active.is_(True)).order_by(Staff.id)
_JOINED = (
    select(StaffIdentity.staff_id)
    .where(StaffIdentity.channel.in_(bindparam("channels", expanding=True)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a member of staff; None is what is not said, and empty what is taken away.

    Attributes:
        name: as colleagues read it.
        public_name: as customers read it; else the same.
        role: what they may do.
        team: the key of one of the desk's teams.
        languages: tags of what they answer in.
        skills: what they know best: parts of the service.
    """

    name: str | None = None
    public_name: str | None = None
    role: Role | None = None
    team: str | None = None
    languages: Sequence[str] | None = None
    skills: Sequence[str] | None = None


class NobodyError(NotFoundError):
    """Nobody who works here is called so.

    Attributes:
        words: what was asked for.
    """

    def __init__(self, words: str) -> None:
        super().__init__(f"nobody of the staff is called {words!r}: see `rapport staff list`")
        self.words = words


class AmbiguousError(InputError):
    """Several who work here may be meant.

    Attributes:
        words: what was asked for.
        members: number and name of each.
    """

    def __init__(self, words: str, members: Sequence[tuple[int, str]]) -> None:
        named = ", ".join(f"{name} ({number})" for number, name in members)
        super().__init__(f"{words!r} may be {named}: give the number")
        self.words, self.members = words, members


def find_staff(session: Session, *, channel: str, sender: str) -> Staff | None:
    """Find the active member of staff who speaks under a user id of an app."""
    return staff_by_sender(session, channel=channel, senders=[sender]).get(sender)


def staff_by_sender(session: Session, *, channel: str, senders: Collection[str]) -> Mapping[str, Staff]:
    """Find the active members of staff who speak under one of these user ids of an app."""
    rows = session.execute(_BY_SENDER, {"channel": channel, "senders": list(senders)})
    return {row.sender: row.Staff for row in rows}


def find_member(session: Session, words: str) -> Staff:
    """Find who works here by number, by name, or by the beginning of a name where that is one person's.

    Raises:
        NobodyError: there is nobody so called; who has left is nobody.
        AmbiguousError: several are.
    """
    asked = _plain(words)
    members = active_staff(session)
    matches = (
        [one for one in members if asked.isdecimal() and one.id == int(asked)],
        [one for one in members if asked and asked in _names(one)],
        [one for one in members if asked and any(name.startswith(asked) for name in _names(one))],
    )
    found = next(filter(None, matches), [])
    if not found:
        raise NobodyError(words.strip())
    if len(found) > 1:
        raise AmbiguousError(words.strip(), [(one.id, one.name) for one in found])
    return found[0]


def active_staff(session: Session) -> Sequence[Staff]:
    """Give everybody who works here, by number."""
    return session.scalars(_ACTIVE).all()


def joined_staff(session: Session, *, channels: Collection[str]) -> Collection[int]:
    """Give the numbers of those who have joined on one of some apps; nobody else hears anything."""
    return set(session.scalars(_JOINED, {"channels": list(channels)}))


def reachable_staff(session: Session, *, channels: Collection[str]) -> Sequence[Staff]:
    """Give everybody who works here and has joined on one of some apps; where nobody has, everybody."""
    members, joined = active_staff(session), joined_staff(session, channels=channels)
    return [one for one in members if one.id in joined] or members


def has_joined(session: Session) -> bool:
    """Tell whether anybody of the staff has joined, on whatever app."""
    joined = (
        select(StaffIdentity.id).join(Staff, Staff.id == StaffIdentity.staff_id).where(Staff.active.is_(True))
    )
    return session.scalar(joined.limit(1)) is not None


def add_staff(
    session: Session, *, name: str, role: Role, now: datetime, about: About | None = None
) -> tuple[Staff, str]:
    """Take somebody into the staff; does not commit.

    Args:
        session: the open transaction.
        name: as colleagues read it.
        role: what they may do.
        now: aware UTC.
        about: what else is known of them.

    Returns:
        The new member, and a join code that works once and for seven days.

    Raises:
        InputError: the name is empty, too long, or a number.
    """
    member = Staff(name=checked_name(name), role=role, created_at=now)
    describe(member, about or About())
    session.add(member)
    session.flush()
    return member, issue_code(session, member.id, now=now)


def describe(member: Staff, about: About) -> None:
    """Note what is given of somebody, and leave the rest as it is; does not commit.

    Raises:
        InputError: a name is empty, too long, or a number.
    """
    if about.name is not None:
        member.name = checked_name(about.name)
    if about.public_name is not None:
        member.public_name = checked_name(about.public_name) if about.public_name.strip() else None
    if about.role is not None:
        member.role = about.role
    if about.team is not None:
        member.team = about.team.strip() or None
    if about.languages is not None:
        member.languages = list(about.languages)
    if about.skills is not None:
        member.skills = list(about.skills)


def checked_name(name: str) -> str:
    """Give a name as it is kept: one line, 64 characters at most.

    Raises:
        InputError: it is empty, too long, or a number, by which somebody else is named.
    """
    tidy = " ".join(name.split())
    if not tidy:
        raise InputError("the name is empty: give the name that customers and colleagues read")
    if len(tidy) > LONGEST_NAME:
        raise InputError(f"the name is longer than {LONGEST_NAME} characters: give a shorter one")
    if tidy.isdecimal():
        raise InputError(f"the name {tidy} is a number, as members of staff have one: give another")
    return tidy


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


def _names(member: Staff) -> Collection[str]:
    return {_plain(name) for name in (member.name, member.public_name) if name}


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
