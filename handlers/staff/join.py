"""Becoming staff, by a one-time code."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.phrases import phrases
from customers.staff import redeem_code
from handlers.context import CustomerContext, StaffContext
from handlers.customer.welcome import unknown_command
from handlers.incoming import Incoming
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.queues import MessageKind
from store.tables.staff import Staff


def join(context: CustomerContext) -> Sequence[Draft]:
    """Take in who brings a valid code; anyone else learns nothing, not even that the command exists."""
    incoming = context.incoming
    try:
        member = redeem_code(
            context.session,
            incoming.argument,
            channel=incoming.channel,
            sender=incoming.sender.id,
            now=context.now,
        )
    except NotFoundError:
        return unknown_command(context)
    context.expect_nothing()
    return (_welcome(incoming, member, context.company),)


def join_from_group(
    session: Session, incoming: Incoming, *, company: Company, now: datetime
) -> Sequence[Draft]:
    """Take in who brings a valid code in the staff chat; what else strangers say in groups is not for us."""
    in_staff_chat = Chat(incoming.channel, incoming.address) == company.staff_chat
    if incoming.command != "join" or not in_staff_chat:
        return ()
    try:
        member = redeem_code(
            session, incoming.argument, channel=incoming.channel, sender=incoming.sender.id, now=now
        )
    except NotFoundError:
        return ()
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
            company=company.name,
        ),
    )
