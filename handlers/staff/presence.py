"""Two of the staff in one case: the second sees that the first is writing, or has answered just now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from customers.phrases import Phrases
from customers.profile import name_for_staff, staff_name
from customers.staff_talks import Writing, writing_about
from feedback.case_notes import last_answer
from handlers.context import StaffContext
from handlers.matters import complaint_of
from handlers.staff.alert_text import shortened
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage

STEP = "reply"
"""The step of a talk in which somebody was asked for words to a customer."""
PATIENCE = timedelta(minutes=10)
"""After which the next words are no longer sent: in a group they may well be meant for a colleague."""
JUST_NOW = timedelta(minutes=5)
"""An answer that is older no longer stops a second one."""
QUOTED = 80


def others_at_it(context: StaffContext, customer: Customer, about: str) -> Sequence[str]:
    """Tell who else writes to a customer about the same matter, or has answered just now; a line each."""
    name = name_for_staff(customer, context.say)
    lines = [
        context.say("✍️ {staff} is writing to {name} right now.", staff=one.name, name=name)
        for one in _others_writing(context, about)
    ]
    answered = _answered_by_another(context, about, seen_at=None)
    return [*lines, answered] if answered else lines


def in_the_way(context: StaffContext, customer: Customer, about: str, above: OutboxMessage | None) -> str:
    """Tell what whoever wrote should know before their words go out; "" where they know it, or nothing is.

    Who replies to something that came after a colleague's answer has seen that answer. Who was asked for
    their words was told then who else was writing.

    Args:
        context: of who wrote.
        customer: to whom.
        about: the matter.
        above: what they replied to; None where they answer our question.
    """
    mine = context.dialogue
    asked_at = mine.updated_at if mine is not None and mine.data.get("about") == about else None
    seen_at = asked_at if above is None else above.created_at
    answered = _answered_by_another(context, about, seen_at=seen_at)
    if answered:
        return answered
    writing = [] if asked_at is not None else _others_writing(context, about)
    if not writing:
        return ""
    name = name_for_staff(customer, context.say)
    return context.say("✍️ {staff} is writing to {name} right now.", staff=writing[0].name, name=name)


def _others_writing(context: StaffContext, about: str) -> Sequence[Writing]:
    talks = writing_about(
        context.session,
        about,
        step=STEP,
        since=context.now - PATIENCE,
        staff_chat=context.company.staff_chat,
    )
    return [one for one in talks if one.staff_id != context.staff.id]


def _answered_by_another(context: StaffContext, about: str, *, seen_at: datetime | None) -> str:
    complaint = complaint_of(context.session, about)
    if complaint is None:
        return ""
    answer = last_answer(context.session, complaint.id, since=context.now - JUST_NOW)
    if answer is None or answer.staff_id == context.staff.id:
        return ""
    if seen_at is not None and seen_at >= answer.at:
        return ""
    name = staff_name(context.session, answer.staff_id) or context.say("Somebody who has left")
    return _answered(name, answer.text, (context.now - answer.at), context.say)


def _answered(name: str, words: str, ago: timedelta, say: Phrases) -> str:
    minutes, words = int(ago.total_seconds() // 60), shortened(" ".join(words.split()), QUOTED)
    if minutes < 1:
        return say("💬 {staff} has answered just now: “{words}”", staff=name, words=words)
    return say.count(
        "💬 {staff} answered {number} minute ago: “{words}”",
        "💬 {staff} answered {number} minutes ago: “{words}”",
        minutes,
        staff=name,
        words=words,
    )
