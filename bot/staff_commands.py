"""``rapport staff``: who answers customers, and how they get in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import WEB_STAFF_CHAT, Settings
from customers.duty import is_away
from customers.staff import (
    CODE_LIFETIME,
    About,
    add_staff,
    deactivate,
    describe,
    find_member,
    issue_code,
    void_codes,
)
from store.engine import Database
from store.errors import InputError
from store.tables.staff import Role, Staff, StaffIdentity

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.ASCII)
WEB_DESK = "Desk"
"""The member of staff whom the first start's one-time link signs in, where staff use the web."""


def add(
    database: Database, settings: Settings, *, name: str, role: Role, about: About | None = None
) -> Iterator[str]:
    """Take somebody into the staff; yields what to tell them.

    Raises:
        InputError: the name, the team, a language or a skill is none.
    """
    _check(about or About(), settings)
    with database.transaction() as session:
        member, code = add_staff(session, name=name, role=role, now=datetime.now(UTC), about=about)
    yield f"{member.name} is number {member.id} ({member.role})."
    yield from invitation(settings, code)


def change(database: Database, settings: Settings, *, who: str, about: About) -> str:
    """Change what is known of somebody; returns what to tell the operator.

    Raises:
        InputError: nothing is given, or one of it is none.
        NotFoundError: nobody is called so.
    """
    if about == About():
        raise InputError("nothing to change: add an option, e.g. --team or --languages")
    _check(about, settings)
    with database.transaction() as session:
        member = find_member(session, who)
        describe(member, about)
        return _line(member, {}, datetime.now(UTC))


def listed(values: str | None) -> Sequence[str] | None:
    """Read a list that is written with commas; None where it is not given."""
    if values is None:
        return None
    return tuple(dict.fromkeys(part.strip().lower() for part in values.split(",") if part.strip()))


def _check(about: About, settings: Settings) -> None:
    """See that a team, languages and skills are among those there are."""
    desk, taxonomy = settings.company.desk, settings.taxonomy
    if about.team and about.team.strip() not in desk.teams:
        raise InputError(f"there is no team {about.team.strip()!r}: {_known(desk.teams, 'RAPPORT_DESK')}")
    for tag in about.languages or ():
        if not LANGUAGE_TAG.fullmatch(tag):
            raise InputError(f"{tag!r} is no language tag: write en, zh or pt-br")
    for skill in about.skills or ():
        if skill not in taxonomy.parts:
            raise InputError(
                f"{skill!r} is no part of the service: {_known(taxonomy.parts, 'RAPPORT_ASPECTS')}"
            )


def _known(names: Mapping[str, object], setting: str) -> str:
    return f"choose of {', '.join(names)}" if names else f"none is set ({setting}, docs/settings.md)"


def new_code(database: Database, settings: Settings, *, who: str) -> Iterator[str]:
    """Make a new join code for somebody; yields what to tell them.

    Raises:
        NotFoundError: nobody is called so.
    """
    with database.transaction() as session:
        code = issue_code(session, find_member(session, who).id, now=datetime.now(UTC))
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
    now = datetime.now(UTC)
    for member in members:
        yield _line(member, channels, now)


def _line(member: Staff, channels: Mapping[int, Sequence[str]], now: datetime) -> str:
    where = ", ".join(sorted(set(channels.get(member.id, [])))) or "not joined yet"
    more = {
        "team": member.team,
        "languages": ",".join(member.languages),
        "skills": ",".join(member.skills),
        "public name": member.public_name,
    }
    rest = "; ".join(f"{what} {value}" for what, value in more.items() if value)
    state = duty_in_words(member, now) if member.active else "removed"
    row = f"{member.id:>4}  {member.name:<24} {member.role:<9} {state:<28} {where if member.active else ''}"
    return f"{row}  {rest}".rstrip() if rest else row.rstrip()


def duty_in_words(member: Staff, now: datetime) -> str:
    """Say whether somebody is there."""
    if is_away(member, now):
        return f"away until {member.away_until:%Y-%m-%d %H:%M} UTC"
    return "on duty" if member.on_duty else "off duty"


def remove(database: Database, *, who: str) -> str:
    """End somebody's access; returns what to tell the operator.

    Raises:
        NotFoundError: nobody is called so.
    """
    with database.transaction() as session:
        member = find_member(session, who)
        deactivate(session, member)
    return f"{member.name} has no access any more. What they had goes to others: see `rapport staff leave`."
