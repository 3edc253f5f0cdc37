"""The page behind a ticket: a guest sees what to show, staff check the guest in; and links for friends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.orm import Session

from bot.channels.webchat.channel import WebChat
from bot.channels.webchat.identity import Side
from bot.channels.webchat.rooms import NAME
from bot.tickets import DOOR
from bot.web.chat_pages import COOKIES
from bot.web.guards import HEADERS, is_own_page
from bot.web.rendering import html_response, render_card
from bot.web.words import page_phrases
from customers.local_time import date_and_time_in, moment_in
from customers.phrases import Phrases
from customers.profile import name_for_staff
from customers.speaking import company_name
from customers.staff import staff_by_sender
from handlers.customer.going import spoken_code
from scheduler.events.door import (
    DoorClosedError,
    NotGoingError,
    check_in,
    find_ticket,
    is_door_open,
    turnout,
)
from scheduler.events.friend_links import FRIENDS
from scheduler.events.referrals import PREFIX
from store.engine import Database
from store.errors import NotFoundError
from store.tables.outreach import Rsvp

POLICY = HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
"""Of the page with the button that checks somebody in: it may send its form to us."""

CHECK_IN, LET_IN = "checkin", "letin"

BotName = Callable[[], str | None]
"""Gives the name under which Telegram knows us; None where Telegram is off, or was not reached yet."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What staff see of a ticket.

    Attributes:
        name: the guest's.
        title, when: the event's.
        people: how many they are.
        answer: what they said.
        checked_in_at: when they came; None where they have not yet.
        is_open: whether guests may be checked in now.
        is_cancelled: whether the event is cancelled.
        arrived, expected: people, of all guests.
        timezone: the event's.
    """

    name: str
    title: str
    when: str
    people: int
    answer: Rsvp
    checked_in_at: datetime | None
    is_open: bool
    is_cancelled: bool
    arrived: int
    expected: int
    timezone: str


class DoorPages:
    """Handlers of tickets and of friends' links."""

    def __init__(
        self,
        webchat: WebChat,
        database: Database,
        *,
        clock: Callable[[], datetime],
        public_url: str | None,
        bot_name: BotName,
    ) -> None:
        """Prepare the pages.

        Args:
            webchat: knows staff by their cookies.
            database: where guests are.
            clock: tells the time; aware UTC.
            public_url: where the world reaches us, if a proxy stands between.
            bot_name: gives the name that friends' links to Telegram need.
        """
        self._webchat, self._database, self._clock = webchat, database, clock
        self._public_url, self._bot_name = public_url, bot_name

    def routes(self) -> list[web.RouteDef]:
        """List what these handlers answer."""
        return [
            web.get(f"{DOOR}{{code}}", self.ticket),
            web.post(f"{DOOR}{{code}}", self.check_in),
            web.get(f"{FRIENDS}{{code:[A-Za-z0-9_-]{{1,60}}}}", self.friend),
        ]

    async def ticket(self, request: web.Request) -> web.Response:
        """Show a ticket: to staff whose it is, to anybody else that it is to be shown at the door."""
        say = page_phrases(request.headers.get("Accept-Language", ""), self._webchat.company.language)
        code = request.match_info["code"]
        ticket = await self._database.read(_read, code, say, self._clock())
        if ticket is None:
            return self._unknown(say)
        if await self._staff_id(request) is None:
            return self._shown(say, ticket, code)
        return self._door(say, ticket, code)

    async def check_in(self, request: web.Request) -> web.Response:
        """Check the guest of a ticket in, and show the ticket again."""
        staff_id = await self._staff_id(request)
        if staff_id is None or not is_own_page(request, self._public_url):
            raise web.HTTPForbidden(text="This is for our team.")
        code, form = request.match_info["code"], await request.post()
        let_in = form.get("do") == LET_IN
        await self._database.run(_check_in, code, staff_id=staff_id, let_in=let_in, now=self._clock())
        raise web.HTTPSeeOther(request.rel_url.path)

    async def friend(self, request: web.Request) -> web.Response:
        """Lead a guest's friend to the chat: on Telegram where we are there, else on our own page."""
        payload = f"{PREFIX}{request.match_info['code']}"
        if name := self._bot_name():
            raise web.HTTPFound(f"https://t.me/{name}?start={payload}")
        raise web.HTTPFound(f"/chat?source={payload}")

    async def _staff_id(self, request: web.Request) -> int | None:
        visitor = self._webchat.signatures.read(Side.STAFF, request.cookies.get(COOKIES[Side.STAFF]))
        if visitor is None:
            return None
        found = await self._database.read(staff_by_sender, channel=NAME, senders=[visitor.sender])
        return found[visitor.sender].id if visitor.sender in found else None

    def _unknown(self, say: Phrases) -> web.Response:
        company = company_name(self._webchat.company, say)
        values = {
            "title": company,
            "initial": company[:1].upper(),
            "side": "customer",
            "head": say("There is no such ticket."),
            "what": say("Please look at the code on the ticket once more."),
        }
        return html_response(render_card("note.html", say, values), status=404)

    def _shown(self, say: Phrases, ticket: Ticket, code: str) -> web.Response:
        values = {
            **self._frame(say, ticket, side="customer"),
            "head": ticket.title,
            "what": ticket.when,
            "code": spoken_code(code),
            "state": say("Show this at the door.")
            if not ticket.is_cancelled
            else say("This event is cancelled."),
        }
        return html_response(render_card("ticket.html", say, values))

    def _door(self, say: Phrases, ticket: Ticket, code: str) -> web.Response:
        people = say("{name}: {number} people", name=ticket.name, number=ticket.people)
        values = {
            **self._frame(say, ticket, side="staff"),
            "head": ticket.name if ticket.people == 1 else people,
            "what": ticket.title,
            "code": spoken_code(code),
            "state": _state(say, ticket),
        }
        if ticket.checked_in_at is not None or not ticket.is_open:
            return html_response(render_card("ticket.html", say, values))
        is_expected = ticket.answer is Rsvp.GOING
        values |= {
            "verb": CHECK_IN if is_expected else LET_IN,
            "label": say("Check in") if is_expected else say("Let them in"),
        }
        page = html_response(render_card("door.html", say, values))
        page.headers["Content-Security-Policy"] = POLICY
        page.headers["Referrer-Policy"] = "same-origin"  # else browsers do not say which page sent the form
        return page

    def _frame(self, say: Phrases, ticket: Ticket, *, side: str) -> dict[str, str]:
        company = company_name(self._webchat.company, say)
        title = say("{title} – ticket", title=ticket.title)
        return {"title": title, "initial": company[:1].upper(), "side": side}


def _read(session: Session, code: str, say: Phrases, now: datetime) -> Ticket | None:
    try:
        event, guest, customer = find_ticket(session, code)
    except NotFoundError:
        return None
    counted = turnout(session, event.id)
    return Ticket(
        name=name_for_staff(customer, say),
        title=event.title,
        when=date_and_time_in(event.starts_at, event.timezone, say),
        people=1 + guest.companions,
        answer=guest.answer,
        checked_in_at=guest.checked_in_at,
        is_open=is_door_open(event, now),
        is_cancelled=event.cancelled_at is not None,
        arrived=counted.arrived,
        expected=counted.expected,
        timezone=event.timezone,
    )


def _check_in(session: Session, code: str, *, staff_id: int, let_in: bool, now: datetime) -> None:
    """Check in; where that is not possible the page that follows says why."""
    try:
        event, guest, _ = find_ticket(session, code)
        check_in(session, event.id, guest.customer_id, staff_id=staff_id, now=now, let_in=let_in)
    except (NotFoundError, DoorClosedError, NotGoingError):
        return


def _state(say: Phrases, ticket: Ticket) -> str:
    if ticket.checked_in_at is not None:
        at = moment_in(ticket.checked_in_at, ticket.timezone, say)
        here = say("✓ Checked in, {at}.", at=at)
    elif ticket.is_cancelled:
        return say("This event is cancelled.")
    elif not ticket.is_open:
        return say("The door is closed: {when}.", when=ticket.when)
    elif ticket.answer is Rsvp.GOING:
        here = say("On the list.")
    else:
        here = say("Not on the list any more.")
    there = say("{arrived} of {expected} are here.", arrived=ticket.arrived, expected=ticket.expected)
    return f"{here} {there}"
