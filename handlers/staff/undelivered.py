"""What a person wrote or promised to a customer and did not arrive: staff are told, once, and may try again.

The lane calls ``tell_undelivered`` in the transaction that notes it, so nothing is told twice or forgotten.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.phrases import Phrases, phrases
from customers.profile import chat_with, name_for_staff
from feedback.case_moves import answer, lock, take_back_answer
from feedback.case_notes import note_undelivered
from feedback.case_queries import AT_WORK_ON
from feedback.complaint_rules import reference
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.matters import complaint_of, customer_of
from handlers.staff.alert_text import shortened
from handlers.staff.desk import stale_button
from handlers.staff.in_place import in_place_of_tapped
from handlers.staff.telling import who_sees_to
from store.departed import find_answers
from store.departures import Ended
from store.outbox import Body, ButtonRows, Draft, enqueue, find_by_key
from store.tables.complaints import Complaint
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

VERB = "sendagain"
LETTER = "reply:"
"""Begins the dedupe key of what a person wrote; the words alone can be sent again as they are."""
FROM_PEOPLE = (LETTER, "promise:", "concession:", "ladder:", "silence:", "handover:", "solved:")
"""Begin the dedupe keys of what customers hear because staff said, asked or promised something."""
QUOTED = 200
NOT_ARRIVED = frozenset(
    {OutboxState.UNREACHABLE, OutboxState.FAILED, OutboxState.UNCERTAIN, OutboxState.SKIPPED}
)


def tell_undelivered(session: Session, ended: Sequence[Ended], /, *, company: Company, now: datetime) -> None:
    """Tell the staff chat of words of ours to a customer that will not arrive; does not commit."""
    for row in find_answers(session, [one.id for one in ended], beginning=FROM_PEOPLE):
        complaint = complaint_of(session, row.about or "")
        told = _notice(session, row, complaint, company)
        if told is None:
            continue
        if complaint is not None and row.edits is None:
            note_undelivered(session, complaint, text=Body.from_json(row.body).text, now=now)
            told = _unanswered(session, row, complaint, told, company)
        enqueue(session, [told], now=now)


def send_again(context: StaffContext) -> Sequence[Draft]:
    """Send words that did not arrive once more, to wherever their customer can be reached now."""
    row = _tapped(context)
    customer = None if row is None else customer_of(context.session, row.about or "")
    if row is None or customer is None:
        return stale_button(context)
    say, name = context.say, name_for_staff(customer, context.say)
    if find_by_key(context.session, _again_key(row)) is not None:
        return (context.answer(say("That was sent again already."), about=row.about),)
    chat = chat_with(context.session, customer.id, Chat(row.channel, row.address))
    if chat is None or chat.channel not in context.company.channels:
        text = say("{name} cannot be reached: they blocked us or left. Nothing went out.", name=name)
        return (context.answer(text, about=row.about),)
    _count_as_answer(context, row)
    text = say("↻ Sent again to {name}: “{words}”", name=name, words=_quoted(row))
    return _again(row, chat), in_place_of_tapped(context, context.answer(text, about=row.about))


def _tapped(context: StaffContext) -> OutboxMessage | None:
    """Find the letter that a button names, where it did not arrive."""
    _, arguments = parse(context.incoming.button or "")
    row_id = number(arguments[0]) if len(arguments) == 1 else None
    rows = () if row_id is None else find_answers(context.session, [row_id], beginning=(LETTER,))
    return next((row for row in rows if _can_be_sent_again(row)), None)


def _again(row: OutboxMessage, chat: Chat) -> Draft:
    words = Body.from_json(row.body)
    return Draft(
        kind=MessageKind.ANSWER,
        channel=chat.channel,
        address=chat.address,
        customer_id=row.customer_id,
        text=words.text,
        attachments=words.attachments,
        about=row.about,
        dedupe_key=_again_key(row),
    )


def _count_as_answer(context: StaffContext, row: OutboxMessage) -> None:
    """Let the clocks of a case know that its customer is answered, once more."""
    complaint = complaint_of(context.session, row.about or "")
    if complaint is None:
        return
    lock(context.session, complaint)
    if complaint.state in AT_WORK_ON:
        answer(context.session, complaint, company=context.company, now=context.now)


def _can_be_sent_again(row: OutboxMessage) -> bool:
    return row.edits is None and row.dedupe_key.startswith(LETTER) and row.state in NOT_ARRIVED


def _again_key(row: OutboxMessage) -> str:
    return f"{LETTER}again:{row.id}"


def _notice(
    session: Session, row: OutboxMessage, complaint: Complaint | None, company: Company
) -> Draft | None:
    """Say what did not arrive, and why; None where its customer was erased meanwhile."""
    customer = customer_of(session, row.about or "")
    if customer is None:
        return None
    say = phrases(company.language)
    name = name_for_staff(customer, say)
    values = {
        "who": who_sees_to(session, complaint, say),
        "name": name
        if complaint is None
        else say("{what} ({more})", what=name, more=reference(complaint.id)),
        "words": _quoted(row),
    }
    if row.edits is not None:
        text = say("📪 {who}: your correction did not reach {name}: “{words}”", **values)
    else:
        text = say("📪 {who}: this did not reach {name}: “{words}”", **values)
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text=f"{text}\n{_reason(row, say)}",
        buttons=_buttons(row, say),
        dedupe_key=f"undelivered:{row.id}",
        about=row.about,
        reply_to=None if complaint is None else complaint.alert_key,
    )


def _unanswered(
    session: Session, row: OutboxMessage, complaint: Complaint, told: Draft, company: Company
) -> Draft:
    """Let a case wait for its first answer again where that can still be brought to its customer."""
    if row.state is OutboxState.UNREACHABLE:
        return told
    if not take_back_answer(session, complaint, answered_at=row.created_at, company=company):
        return told
    note = phrases(company.language)("So the first answer is still to be given.")
    return replace(told, text=f"{told.text}\n{note}")


def _reason(row: OutboxMessage, say: Phrases) -> str:
    """Say why something did not arrive, in words that staff can act on."""
    if row.state is OutboxState.UNREACHABLE:
        return say("They blocked us or left that app. If you know another way to them, please use it.")
    if row.state is OutboxState.UNCERTAIN:
        return say("Nobody can know whether it arrived: the connection broke off each time.")
    if row.state is OutboxState.SKIPPED:
        return say("It could not be sent in time, and was given up.")
    return say("The app did not take it: {reason}", reason=row.reason or "")


def _buttons(row: OutboxMessage, say: Phrases) -> ButtonRows:
    return ((button(say("Send again"), VERB, row.id),),) if _can_be_sent_again(row) else ()


def _quoted(row: OutboxMessage) -> str:
    return shortened(" ".join(Body.from_json(row.body).text.split()), QUOTED)
