"""Becoming staff, by a one-time code."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.phrases import phrases
from customers.speaking import company_name
from customers.staff import redeem_code
from handlers.context import StaffContext
from handlers.incoming import Incoming
from store.conversations import end_dialogue
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.queues import MessageKind
from store.tables.staff import Staff


def join(session: Session, incoming: Incoming, *, company: Company, now: datetime) -> Sequence[Draft]:
    """Take in who brings a valid code, alone with the bot or in the staff chat.

    Returns:
        A welcome; nothing where the code is not valid, so that nobody learns that the command exists.
    """
    if not incoming.private and Chat(incoming.channel, incoming.address) != company.staff_chat:
        return ()
    try:
        member = redeem_code(
            session, incoming.argument, channel=incoming.channel, sender=incoming.sender.id, now=now
        )
    except NotFoundError:
        return ()
    end_dialogue(session, channel=incoming.channel, address=incoming.address, sender=incoming.sender.id)
    return (_welcome(incoming, member, company),)


def already_joined(context: StaffContext) -> Sequence[Draft]:
    """Tell a member of staff that they need no code; the code stays unused."""
    return (context.answer(context.say("You are staff already, {name}.", name=context.staff.name)),)


def _welcome(incoming: Incoming, member: Staff, company: Company) -> Draft:
    say = phrases(company.language)
    return Draft(
        kind=MessageKind.ANSWER,
        channel=incoming.channel,
        address=incoming.address,
        text=say(
            "Welcome, {name}. You now speak for {company} here. /help shows what you can do.",
            name=member.name,
            company=company_name(company, say),
        ),
    )
