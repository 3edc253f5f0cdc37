"""On duty, off duty, away, back: what staff say of themselves, and leads of others; and who is there."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time

from customers.duty import go_away, go_off_duty, go_on_duty, is_away, is_on_duty
from customers.local_time import moment_in
from customers.phrases import Phrases, listed
from customers.staff import AmbiguousError, NobodyError, active_staff, find_member, joined_staff
from feedback.assignment import look_again
from feedback.loads import Load, count_loads
from feedback.natural_times import DistantTimeError, PastTimeError, Place, UnreadableTimeError, read_moment
from handlers.context import StaffContext
from handlers.staff.owners import given_at_once
from handlers.staff.roles import may_manage_people
from store.outbox import Draft
from store.tables.staff import Role, Staff

UNTIL = ("until ", "till ", "到", "至")
COVER = ("cover ", "covered by ", "代班", "代理")
FOR = ("for ", "为", "替")
COVERED_BY = re.compile(r"由\s*(?P<name>.+?)\s*来?(?:代班|代理|顶替|接手)")
"""Chinese names who stands in before it says that they do."""
DAY_BEGINS = time(0)
"""Who is away until Monday is back on Monday."""


class Refused(Exception):  # noqa: N818 - no error of ours: a sentence for whoever wrote
    """What was asked cannot be done; the message says why, in the speaker's language."""


def on_duty(context: StaffContext) -> Sequence[Draft]:
    """Put whoever says so, or whom a lead names, on duty; what waits for somebody comes to them."""
    return _set(context, context.incoming.argument, on=True)


def off_duty(context: StaffContext) -> Sequence[Draft]:
    """Take them off duty; what they have not begun goes to others."""
    return _set(context, context.incoming.argument, on=False)


def away(context: StaffContext) -> Sequence[Draft]:
    """Let somebody be away until a moment; what is theirs goes to whoever stands in."""
    try:
        who, words = _whose(context, context.incoming.argument)
        until, cover = _until(context, who, words)
    except Refused as error:
        return (context.answer(str(error)),)
    go_away(who, until=until, cover=cover, now=context.now)
    say = context.say
    values = {"name": who.name, "moment": moment_in(until, context.company.timezone, say)}
    if cover is None:
        text = say("🌴 {name} is away until {moment}. Others stand in. /back ends it sooner.", **values)
    else:
        text = say(
            "🌴 {name} is away until {moment}. {cover} stands in. /back ends it sooner.",
            **values,
            cover=cover.name,
        )
    return _told(context, text)


def team(context: StaffContext) -> Sequence[Draft]:
    """List who is there, and how many open cases each has."""
    say, session = context.say, context.session
    loads = count_loads(session).loads
    members = active_staff(session)
    joined = joined_staff(session, channels=context.company.channels)
    names = {member.id: member.name for member in members}
    lines = [
        say.count(
            "{name} ({role}): {duty}, {number} open case",
            "{name} ({role}): {duty}, {number} open cases",
            loads.get(member.id, Load()).cases,
            name=member.name,
            role=role_in_words(member.role, say),
            duty=_duty(context, member, names) if member.id in joined else say("has not joined yet"),
        )
        for member in members
    ]
    return (context.answer("\n".join([*lines, "", say("/onduty, /offduty, /away and /back change it.")])),)


def named(context: StaffContext, words: str) -> Staff:
    """Find who of the staff is named.

    Raises:
        Refused: nobody is, or several may be.
    """
    say = context.say
    try:
        return find_member(context.session, words)
    except NobodyError as error:
        raise Refused(
            say("Nobody here is called “{words}”. /team lists everybody.", words=error.words)
        ) from error
    except AmbiguousError as error:
        people = listed((f"{name} ({number})" for number, name in error.members), say)
        raise Refused(
            say("“{words}” may be {people}. Send the number.", words=error.words, people=people)
        ) from error


def role_in_words(role: Role, say: Phrases) -> str:
    """Name a role."""
    return {
        Role.AGENT: say("agent"),
        Role.LEAD: say("lead"),
        Role.MARKETER: say("marketer"),
        Role.MANAGER: say("manager"),
        Role.ADMIN: say("admin"),
    }[role]


def _set(context: StaffContext, words: str, *, on: bool) -> Sequence[Draft]:
    say = context.say
    try:
        who = _person(context, words)
    except Refused as error:
        return (context.answer(str(error)),)
    if on:
        go_on_duty(who)
        text = say("☀️ {name} is on duty.", name=who.name)
    else:
        go_off_duty(who)
        text = say("🌙 {name} is off duty. What they have taken stays theirs.", name=who.name)
    return _told(context, text)


def _told(context: StaffContext, text: str) -> Sequence[Draft]:
    """Say what is so now, and let cases find their people at once."""
    context.session.flush()
    look_again(context.session)
    moved = given_at_once(context.session, company=context.company, now=context.now)
    return (context.answer(text), *moved)


def _whose(context: StaffContext, words: str) -> tuple[Staff, str]:
    """Find whose absence is meant: «for Tom until Friday» is another's, and needs a lead."""
    name = _after(words, FOR)
    if name is None:
        return context.staff, words
    for mark in UNTIL:
        who, found, rest = name.partition(f" {mark}" if mark.isascii() else mark)
        if found:
            return _person(context, who), rest
    raise Refused(_how_away(context))


def _person(context: StaffContext, words: str) -> Staff:
    if not words.strip():
        return context.staff
    who = named(context, words)
    if who.id != context.staff.id and not may_manage_people(context.staff):
        raise Refused(context.say("Only leads, managers and admins do this for others."))
    return who


def _until(context: StaffContext, who: Staff, words: str) -> tuple[datetime, Staff | None]:
    """Read until when somebody is away, and who stands in."""
    say, company = context.say, context.company
    place = Place(company.timezone, company.language, company.country, day_ends=DAY_BEGINS)
    try:
        moment = read_moment(_after(words, UNTIL) or words, place, now=context.now)
    except UnreadableTimeError as error:
        raise Refused(_how_away(context)) from error
    except PastTimeError as error:
        raise Refused(say("That is over. Send a time to come, such as /away until Friday 17:00.")) from error
    except DistantTimeError as error:
        raise Refused(
            say("That is more than a year away. /offduty is for an absence without end.")
        ) from error
    if not moment.rest:
        return moment.at, None
    covered_by = COVERED_BY.fullmatch(moment.rest.strip())
    name = _after(moment.rest, COVER) if covered_by is None else covered_by["name"]
    if name is None:
        raise Refused(_how_away(context))
    cover = named(context, name)
    if cover.id == who.id:
        raise Refused(say("{name} cannot stand in for themselves. Name somebody else.", name=who.name))
    return moment.at, cover


def _how_away(context: StaffContext) -> str:
    return context.say("Until when? For example: /away until Friday 17:00 cover Tom")


def _after(words: str, marks: Sequence[str]) -> str | None:
    """Give what follows one of some marks at the beginning of a text; None where it begins with none."""
    words = words.strip()
    for mark in marks:
        if words.casefold().startswith(mark):
            return words[len(mark) :].strip()
    return None


def _duty(context: StaffContext, member: Staff, names: Mapping[int, str]) -> str:
    say = context.say
    if is_on_duty(member, context.now):
        return say("on duty")
    if not is_away(member, context.now) or member.away_until is None:
        return say("off duty")
    moment = moment_in(member.away_until, context.company.timezone, say)
    cover = names.get(member.cover_id or 0)
    if cover is None:
        return say("away until {moment}", moment=moment)
    return say("away until {moment}, {cover} stands in", moment=moment, cover=cover)
