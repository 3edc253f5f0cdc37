"""``/suppressed``: what was not said first, and why; for marketers and managers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from customers.local_time import moment_in
from customers.phrases import Phrases
from handlers.buttons import button, number
from handlers.context import StaffContext
from handlers.customer.consent import names_of_purposes
from handlers.staff import desk
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import find_campaign
from scheduler.left_out import LeftOut
from scheduler.suppressions import KEPT, Unsaid, count_suppressed, list_suppressed, occasion_of_campaign
from store.errors import NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.customers import Purpose

USUALLY = timedelta(days=30)
LISTED = 10
IN_A_ROW = 5
MOST_COUNTED = 100_000
"""More would keep those waiting who write to us meanwhile: so many take some 200 ms."""
_DAYS = re.compile(r"([1-9][0-9]{0,3})\s*([dw]?)", re.IGNORECASE)
UNITS = {"d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what is asked: a time, or a campaign by its number."""

    back: timedelta | None = None
    campaign: int | None = None


def show(context: StaffContext) -> Sequence[Draft]:
    """Say how much was not said, by purpose and reason, and name some of those who did not hear it."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    say, asked = context.say, read_asked(context.incoming.argument)
    if asked is None:
        return (context.answer(say("Send how far back, as /suppressed 30d, or a campaign: /suppressed 12.")),)
    since = None if asked.back is None else context.now - min(asked.back, KEPT)
    occasion = None
    if asked.campaign is not None:
        try:
            occasion = occasion_of_campaign(find_campaign(context.session, asked.campaign))
        except NotFoundError:
            return (context.answer(say("There is no campaign {number}.", number=asked.campaign)),)
    counts = count_suppressed(context.session, since=since, occasion=occasion, most=MOST_COUNTED)
    if not counts:
        return (context.answer(say("Nothing was left unsaid.")),)
    some = list_suppressed(context.session, since=since, occasion=occasion, limit=LISTED)
    lines = [
        *_more(counts, say),
        *_counted(counts, say),
        "",
        *_listed(context, some),
        say("Tap a number to see who it is."),
    ]
    return (context.answer("\n".join(lines), buttons=_numbers(some)),)


def read_asked(argument: str) -> Asked | None:
    """Read of what is asked: nothing is the last 30 days, ``7d`` and ``2w`` a time, a number a campaign."""
    written = argument.strip()
    if not written:
        return Asked(back=USUALLY)
    found = _DAYS.fullmatch(written)
    if found and found[2]:
        return Asked(back=int(found[1]) * UNITS[found[2].lower()])
    campaign = number(written.removeprefix("#"))
    return None if campaign is None else Asked(campaign=campaign)


def _more(counts: Mapping[Purpose, Mapping[str, int]], say: Phrases) -> list[str]:
    """Say that not all were counted, where there are that many."""
    if sum(sum(reasons.values()) for reasons in counts.values()) < MOST_COUNTED:
        return []
    return [say("Of the newest {number}; `rapport outreach suppressed` counts all.", number=MOST_COUNTED)]


def _counted(counts: Mapping[Purpose, Mapping[str, int]], say: Phrases) -> list[str]:
    names = names_of_purposes(say)
    lines = []
    for purpose, reasons in counts.items():
        total = sum(reasons.values())
        lines.append(say("{purpose}: {number} not sent", purpose=names[purpose].choice, number=total))
        lines += [f"  – {in_words(reason, say)}: {count}" for reason, count in reasons.items()]
    return lines


def _listed(context: StaffContext, some: Sequence[Unsaid]) -> list[str]:
    """List customers by their numbers alone: a list that named many could not be found when one is erased."""
    say, zone = context.say, context.company.timezone
    return [
        say(
            "{moment}: customer {number}, {reason}",
            moment=moment_in(one.at, zone, say),
            number=one.customer_id,
            reason=in_words(one.reason, say),
        )
        for one in some
    ]


def _numbers(some: Sequence[Unsaid]) -> ButtonRows:
    """Make a button for each customer that is listed, once."""
    each = [button(str(one), "customer", one) for one in dict.fromkeys(one.customer_id for one in some)]
    return tuple(tuple(each[start : start + IN_A_ROW]) for start in range(0, len(each), IN_A_ROW))


def in_words(reason: str, say: Phrases) -> str:
    """Say why something was not said; a reason that has no words of its own stands as it was noted."""
    words = {
        LeftOut.STOPPED: say("wants no such messages"),
        LeftOut.UNREACHABLE: say("the customer cannot be reached on this channel"),
        LeftOut.COMPLAINT: say("a complaint is open"),
        LeftOut.PROMISE: say("a promise was broken"),
        LeftOut.RATING: say("a bad rating was given lately"),
        LeftOut.TOO_MANY: say("too many messages lately"),
        LeftOut.TOO_LATE: say("expired before it could be sent"),
    }
    return words[LeftOut(reason)] if reason in tuple(LeftOut) else reason
