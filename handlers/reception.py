"""The door: sees who speaks, keeps what they said, and lets the router answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.erasure import FAREWELL
from customers.identities import Introduction, mark_unreachable, note_contact, take_in
from customers.phrases import language_of, phrases
from handlers.context import CustomerContext, Setting, StaffContext
from handlers.customer.attachments import stored
from handlers.customer.welcome import stale_button_text
from handlers.drafts import ASIDE, begun_in
from handlers.incoming import Incoming, IncomingKind
from handlers.rounds import Known, look_ahead, look_up
from handlers.router import route_customer, route_staff
from handlers.staff import join, replies, set_aside
from store.customer_changes import change_customer
from store.new_rows import NewMessage, put, take_back
from store.numbering import next_number
from store.outbox import Draft
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.queues import MessageKind


def receive(session: Session, updates: Sequence[Incoming], setting: Setting) -> list[Sequence[Draft]]:
    """Handle a round of updates inside the caller's transaction; does not commit.

    Args:
        session: the open transaction.
        updates: of one channel, each of another speaker (``rounds``).
        setting: what is the same for all of them.

    Returns:
        For each update what must be sent, to whomever; drafts without a dedupe key belong to the update.
    """
    company, now = setting.company, setting.now
    known = look_up(session, updates, now=now)
    newcomers = [_introduction(incoming) for incoming in updates if _is_newcomer(incoming, known)]
    known = known.with_customers(take_in(session, newcomers, company=company, now=now))
    look_ahead(session, updates, known, setting)
    return [_receive_one(session, incoming, known, setting) for incoming in updates]


def _receive_one(session: Session, incoming: Incoming, known: Known, setting: Setting) -> Sequence[Draft]:
    company, now = setting.company, setting.now
    if incoming.sender.id in known.staff:
        return _receive_staff(session, incoming, known, setting)
    if incoming.command == "join" and (welcome := join.join(session, incoming, company=company, now=now)):
        return welcome
    return _receive_customer(session, incoming, known, setting) if incoming.private else ()


def _receive_staff(session: Session, incoming: Incoming, known: Known, setting: Setting) -> Sequence[Draft]:
    company = setting.company
    in_staff_chat = Chat(incoming.channel, incoming.address) == company.staff_chat
    if not (in_staff_chat or incoming.private):
        return ()
    # A code that was not needed may still let somebody in, so it is not kept.
    message = None if incoming.command == "join" else _keep(session, incoming, None)
    dialogue = known.dialogue_of(incoming)
    context = StaffContext(
        session=session,
        now=setting.now,
        company=company,
        incoming=incoming,
        say=phrases(company.language),
        understand=setting.understand,
        message=message,
        dialogue=None if dialogue is None or dialogue.step == ASIDE else dialogue,
        staff=known.staff[incoming.sender.id],
        begun=begun_in(dialogue),
    )
    drafts = set_aside.answer_and_tell(context, route_staff)
    if message is not None and _is_chatter(context, message):
        take_back(session, message)
    return drafts


def _is_chatter(context: StaffContext, message: NewMessage) -> bool:
    """Tell whether staff wrote, alone with us, what concerns nobody: an erasure could not find it."""
    incoming, dialogue = context.incoming, context.dialogue
    alone = incoming.private and context.chat != context.company.staff_chat
    in_dialogue = dialogue is not None and dialogue.step != replies.STEP
    return alone and message.about is None and incoming.command is None and not in_dialogue


def _receive_customer(
    session: Session, incoming: Incoming, known: Known, setting: Setting
) -> Sequence[Draft]:
    company, now = setting.company, setting.now
    if incoming.kind is IncomingKind.BLOCKED:
        mark_unreachable(session, channel=incoming.channel, address=incoming.address, now=now)
        return ()
    if incoming.kind is not IncomingKind.MESSAGE and incoming.sender.id not in known.customers:
        return _answer_stranger(incoming, company)
    customer = _meet(session, incoming, known, company, now)
    if incoming.kind is IncomingKind.UNBLOCKED:
        return ()
    wrote_at = min(incoming.at, now)
    if wrote_at > customer.last_contact_at:
        change_customer(session, customer, last_contact_at=wrote_at)
    context = CustomerContext(
        session=session,
        now=now,
        company=company,
        incoming=incoming,
        say=phrases(customer.language, customer.country),
        understand=setting.understand,
        message=_keep(session, incoming, customer.id),
        dialogue=known.dialogue_of(incoming),
        customer=customer,
        complaint=known.complaints.get(customer.id),
        pending=known.pending.get(customer.id, ()),
        in_talk=customer.id in known.in_talk,
    )
    return route_customer(context)


def _is_newcomer(incoming: Incoming, known: Known) -> bool:
    """Tell whether an update makes somebody a customer; one who tries to join is none unless that fails."""
    is_known = incoming.sender.id in known.staff or incoming.sender.id in known.customers
    speaks = incoming.kind is IncomingKind.MESSAGE and incoming.command != "join"
    return incoming.private and speaks and not is_known


def _answer_stranger(incoming: Incoming, company: Company) -> Sequence[Draft]:
    """Answer a tap of somebody of whom we never had a word, or who was erased: it makes nobody known to us.

    Their corrections, and their blocking and unblocking, are not answered at all.
    """
    if incoming.kind is not IncomingKind.BUTTON:
        return ()
    say = phrases(language_of(incoming.sender.language, company.language))
    answer = Draft(
        kind=MessageKind.ANSWER,
        channel=incoming.channel,
        address=incoming.address,
        text=stale_button_text(say),
        about=FAREWELL,
    )
    return (answer,)


def _meet(session: Session, incoming: Incoming, known: Known, company: Company, now: datetime) -> Customer:
    who = _introduction(incoming)
    met = known.customers.get(who.sender) or take_in(session, [who], company=company, now=now)[who.sender]
    note_contact(session, met, who, now=now)
    return met.customer


def _introduction(incoming: Incoming) -> Introduction:
    sender = incoming.sender
    return Introduction(
        channel=incoming.channel,
        sender=sender.id,
        address=incoming.address,
        name=sender.name,
        username=sender.username,
        language=sender.language,
        timezone=sender.timezone,
    )


def _keep(session: Session, incoming: Incoming, customer_id: int | None) -> NewMessage | None:
    """Keep a message; buttons and corrections are not messages of their own."""
    if incoming.kind is not IncomingKind.MESSAGE:
        return None
    message = NewMessage(
        id=next_number(session, Message),
        customer_id=customer_id,
        channel=incoming.channel,
        address=incoming.address,
        sender=incoming.sender.id,
        external_id=incoming.message_id,
        text=incoming.text,
        attachments=[stored(attachment) for attachment in incoming.attachments],
        reply_to=incoming.reply_to,
        at=incoming.at,
    )
    put(session, message)
    return message
