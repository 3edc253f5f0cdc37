"""An app that takes no messages for a while: staff are told when it lasts, and when it is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from store.outbox import Draft, count_waiting, enqueue
from store.tables.queues import MessageKind

WORTH_TELLING = timedelta(seconds=30)
"""A shorter outage is over before anybody could do something."""


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage to tell of; ``until`` is None while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(slots=True)
class OutageWatch:
    """Decides when staff are told; pure but for its own memory."""

    _since: datetime | None = None
    _told: bool = False

    def look(self, *, troubled: bool, now: datetime) -> Outage | None:
        """Say what staff must be told now, if anything; again and again until ``told``."""
        if troubled:
            self._since = self._since or now
            return None if self._told or now - self._since < WORTH_TELLING else Outage(self._since)
        if self._since is not None and (self._told or now - self._since >= WORTH_TELLING):
            return Outage(self._since, until=now)
        self._since = None
        return None

    def told(self, outage: Outage) -> None:
        """Note that staff will hear of it."""
        self._told = outage.until is None
        if outage.until is not None:
            self._since = None


def report_outage(session: Session, outage: Outage, *, channel: str, company: Company, now: datetime) -> None:
    """Queue the alert that tells staff; does not commit.

    Where staff are on the app that is out, an alert that it is out could not arrive before it is over: the
    one that comes then says it all.
    """
    chat, say = company.staff_chat, phrases(company.language)
    if outage.until is None and chat.channel == channel:
        return
    waiting = count_waiting(session, channel=channel)
    alert = Draft(
        kind=MessageKind.ALERT,
        channel=chat.channel,
        address=chat.address,
        text=_text(outage, say, app=channel.capitalize(), waiting=waiting),
        dedupe_key=f"outage:{channel}:{outage.since.isoformat()}:{'over' if outage.until else 'begun'}",
    )
    enqueue(session, [alert], now=now)


def _text(outage: Outage, say: Phrases, *, app: str, waiting: int) -> str:
    if outage.until is None:
        return say(
            "⚠️ {app} takes no messages. Nothing is lost: what we write waits (messages now: {waiting}), and "
            "I try again by myself. If it lasts, look whether {app} is down or our server is offline.",
            app=app,
            waiting=waiting,
        )
    minutes = max(1, round((outage.until - outage.since).total_seconds() / 60))
    return say(
        "✅ {app} takes messages again. It took none for {minutes} min. Messages that wait and leave now, as "
        "long as they are still wanted: {waiting}.",
        app=app,
        minutes=minutes,
        waiting=waiting,
    )
