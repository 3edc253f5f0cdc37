"""/coverage: how many visits that fell due were made and answered, and why others were not."""

import re
from collections.abc import Sequence
from datetime import timedelta

from customers.phrases import Phrases, listed
from customers.roles import IN_CHARGE
from handlers.context import StaffContext
from handlers.staff.visit_reasons import missed_in_words
from scheduler.local_clock import local_date
from scheduler.programmes.coverage import By, Coverage, count_coverage
from store.outbox import Draft
from store.tables.customers import Standing
from store.tables.staff import Role

USUAL_DAYS = 30
MOST_DAYS = 730
LISTED = 15
REASONS = 4

_DAYS = re.compile(r"(\d{1,3})\s*(?:d|days?|天)?")
BY_WORDS = {
    "programme": By.PROGRAMME,
    "programmes": By.PROGRAMME,
    "项目": By.PROGRAMME,
    "contact": By.CONTACT,
    "contacts": By.CONTACT,
    "负责人": By.CONTACT,
    "standing": By.STANDING,
    "客户类别": By.STANDING,
}


def tell_coverage(context: StaffContext) -> Sequence[Draft]:
    """Tell coverage of the last days, by programme, or by what is asked for."""
    say = context.say
    if context.staff.role not in IN_CHARGE | {Role.MARKETER}:
        return (context.answer(say("Only leads, marketers, managers and admins see this.")),)
    asked = _asked(context.incoming.argument)
    if asked is None:
        return (
            context.answer(
                say(
                    "Send /coverage, with a number of days if you like, and by what: /coverage 90d contact. "
                    "It can be programme, contact or standing."
                )
            ),
        )
    days, by = asked
    until = local_date(context.now, context.company.timezone)
    rows = count_coverage(context.session, since=until - timedelta(days=days), until=until, by=by)
    if not rows:
        return (
            context.answer(
                say.count("No visit fell due in {number} day.", "No visit fell due in {number} days.", days)
            ),
        )
    lines = [say.count("Visits of the last {number} day", "Visits of the last {number} days", days)]
    lines += [coverage_in_words(row, by, say) for row in rows[:LISTED]]
    return (context.answer("\n\n".join(lines)),)


def _asked(argument: str) -> tuple[int, By] | None:
    """Read a number of days and what to tell apart by, in any order; None where it is neither."""
    days, by = USUAL_DAYS, By.PROGRAMME
    for word in argument.lower().split():
        if word in BY_WORDS:
            by = BY_WORDS[word]
        elif (found := _DAYS.fullmatch(word)) and 1 <= int(found[1]) <= MOST_DAYS:
            days = int(found[1])
        else:
            return None
    return days, by


def coverage_in_words(row: Coverage, by: By, say: Phrases) -> str:
    """Say what became of the visits of a programme, a contact or a standing."""
    share = row.share
    lines = [
        say(
            "{name}: {made} of {possible} that were possible ({percent})",
            name=_name(row.name, by, say),
            made=row.made,
            possible=row.possible,
            percent="–" if share is None else f"{share:.0%}",
        ),
        say(
            "due {due} · in time {in_time} · answered {answered} · on their way {waiting}",
            due=row.due,
            in_time=row.in_time,
            answered=row.answered,
            waiting=row.waiting,
        ),
    ]
    if row.missed:
        reasons = [
            f"{missed_in_words(reason, say)} {number}" for reason, number in row.missed.most_common(REASONS)
        ]
        lines.append(say("not made: {reasons}", reasons=listed(reasons, say)))
    return "\n".join(lines)


def _name(name: str, by: By, say: Phrases) -> str:
    if by is By.STANDING:
        return say("key customers") if name == Standing.KEY else say("regular customers")
    return name or say("customers without a contact")
