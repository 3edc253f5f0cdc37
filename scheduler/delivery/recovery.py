"""What a lane must know of the time before it was started: by this program before a crash, or by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.delivery.attempts import LONGEST_HOLD_S
from scheduler.delivery.pacing import LaneRules
from store.departed import departures_since
from store.departures import chats_that_wait, recover_interrupted
from store.moved_clock import mend_waiting


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found.

    Attributes:
        again: messages that were being sent and are queued again.
        uncertain: messages that were being sent, of which nobody can know and that must not be repeated.
        waits: chats that wait for a message that failed, and until when.
        departed: chats that were written to lately, and when; the oldest first.
    """

    again: int
    uncertain: int
    waits: Mapping[str, datetime]
    departed: tuple[tuple[str, datetime], ...]


def recover(session: Session, *, channel: str, rules: LaneRules, now: datetime) -> Recovery:
    """Decide on messages whose sending was interrupted, and read what the app's limits still count.

    A message that was being sent may have arrived just now, so it counts as of now. Where the clock was put
    back while nobody sent, what waited for the old time does not wait for it. Does not commit.
    """
    mend_waiting(session, now=now)
    departed = _departed(session, channel=channel, rules=rules, now=now)
    again, uncertain = recover_interrupted(session, channel=channel)
    waits = chats_that_wait(session, channel=channel, now=now, longest=timedelta(seconds=LONGEST_HOLD_S))
    return Recovery(again, uncertain, waits, departed)


def _departed(
    session: Session, *, channel: str, rules: LaneRules, now: datetime
) -> tuple[tuple[str, datetime], ...]:
    found = _since(session, channel=channel, memory_s=rules.private_memory_s, now=now)
    if rules.group_memory_s > rules.private_memory_s:
        found = [one for one in found if not rules.is_group(one[0])]
        found += _since(
            session, channel=channel, memory_s=rules.group_memory_s, now=now, prefix=rules.group_prefix
        )
    moments = ((address, now if at is None else min(at, now)) for address, at in found)
    return tuple(sorted(moments, key=lambda departure: departure[1]))


def _since(
    session: Session, *, channel: str, memory_s: float, now: datetime, prefix: str = ""
) -> list[tuple[str, datetime | None]]:
    """Read what left within a limit's memory; a clock that was put back a little leaves it just ahead."""
    memory = timedelta(seconds=memory_s)
    return departures_since(session, channel=channel, since=now - memory, until=now + memory, prefix=prefix)
