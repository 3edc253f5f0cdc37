"""``/newevent``: a few questions, or all in one line; then a preview, and invitations on one tap."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from handlers.context import StaffContext
from handlers.marketing import confirmation, festival_invitations
from handlers.marketing.answers import (
    name_audience,
    read_audience,
    read_capacity,
    read_place,
    read_title,
    read_when,
)
from handlers.staff import desk
from handlers.staff.questions import ask
from handlers.staff.roles import may_market
from scheduler.campaigns import draft_campaign
from scheduler.events.plans import EventPlan, add_event
from scheduler.events.wording import invitation_text
from store.errors import InputError
from store.outbox import Draft
from store.tables.outreach import Campaign, Event

STEP = "newevent"
QUESTIONS = ("title", "when", "place", "capacity", "audience")
"""What is asked, in this order, and in this order it stands in the one-line form."""

SEPARATOR = "|"


def start(context: StaffContext) -> Sequence[Draft]:
    """Begin a new event: ask the first question, or read all answers from the command's line."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    argument = context.incoming.argument
    if SEPARATOR in argument:
        return _take_line(context, argument)
    if argument:
        return _take_answer(context, {}, argument)
    say = context.say
    hint = say(
        "All in one line works too: /newevent Title | 2027-03-01 19:00 | Place | 40 | all\n/cancel ends this."
    )
    return (ask(context, f"{_question(context, 'title')}\n{hint}", step=STEP),)


def next_step(context: StaffContext) -> Sequence[Draft]:
    """Take the answer to the question that is open."""
    if context.dialogue is None or not may_market(context.staff):
        return desk.plain_words(context)
    return _take_answer(context, context.dialogue.data, context.incoming.text)


def confirm(context: StaffContext) -> Sequence[Draft]:
    """Send the invitations, or drop the event."""
    if festival_invitations.asks_to_wait(context):
        return festival_invitations.wait(context)
    return confirmation.take_decision(context, of_events=True)


def _take_answer(context: StaffContext, answers: Mapping[str, Any], text: str) -> Sequence[Draft]:
    """Read one answer; ask again where it is wrong, else ask the next question or show the preview."""
    open_questions = [name for name in QUESTIONS if name not in answers]
    if not open_questions:
        return desk.plain_words(context)
    try:
        given = {**answers, open_questions[0]: _readers(context)[open_questions[0]](text)}
    except InputError as error:
        return (ask(context, str(error), step=STEP, data=answers),)
    if len(open_questions) == 1:
        return _preview(context, given)
    return (ask(context, _question(context, open_questions[1]), step=STEP, data=given),)


def _take_line(context: StaffContext, line: str) -> Sequence[Draft]:
    """Read all answers from one line; says everything that is wrong with it at once."""
    say = context.say
    parts = [part.strip() for part in line.split(SEPARATOR)]
    if len(parts) == len(QUESTIONS) - 1:
        parts.append("all")
    if len(parts) != len(QUESTIONS):
        return (
            context.answer(
                say(
                    "I need four or five parts, with | between them: "
                    "/newevent Title | 2027-03-01 19:00 | Place | 40 | all"
                )
            ),
        )
    readers, answers, faults = _readers(context), {}, []
    for name, part in zip(QUESTIONS, parts, strict=True):
        try:
            answers[name] = readers[name](part)
        except InputError as error:
            faults.append(f"• {error}")
    if faults:
        return (context.answer("\n".join((say("This does not work yet:"), *faults))),)
    return _preview(context, answers)


def _preview(context: StaffContext, answers: Mapping[str, Any]) -> Sequence[Draft]:
    company, say = context.company, context.say
    plan = EventPlan(
        title=answers["title"],
        starts_at=datetime.fromisoformat(answers["when"]),
        place=answers["place"],
        capacity=answers["capacity"],
        audience=answers["audience"],
    )
    if plan.starts_at <= context.now:  # the talk took longer than there was time
        context.expect_nothing()
        return (context.answer(say("This event has already begun, so nobody was invited.")),)
    event, campaign = _draft(context, plan)
    shown = invitation_text(event, say, name=context.staff.name, company=company)
    facts = say(
        "Places: {capacity}. For: {audience}.",
        capacity=plan.capacity,
        audience=name_audience(plan.audience, say),
    )
    preview = f"{say('This is what customers will get:')}\n\n{shown}\n\n{facts}"
    return confirmation.ask(
        context,
        campaign,
        verb="newevent",
        preview=preview,
        send_label=say("Send invitations"),
        more=festival_invitations.waiting_buttons(context, event, campaign),
    )


def _draft(context: StaffContext, plan: EventPlan) -> tuple[Event, Campaign]:
    """Keep the event, and its invitations as a campaign that nobody has confirmed yet."""
    event = add_event(
        context.session,
        plan,
        timezone=context.company.timezone,
        staff_id=context.staff.id,
        now=context.now,
    )
    campaign = draft_campaign(
        context.session,
        text=plan.title,
        audience=plan.audience,
        event=event,
        staff_id=context.staff.id,
        chat=context.chat,
        now=context.now,
    )
    return event, campaign


def _question(context: StaffContext, name: str) -> str:
    say, timezone = context.say, context.company.timezone
    return {
        "title": say("A new event. What is its title?"),
        "when": say("When does it start? Like 2027-03-01 19:00 ({timezone}).", timezone=timezone),
        "place": say("Where is it?"),
        "capacity": say("How many places are there?"),
        "audience": say("Whom do we invite? all, key, regular, or a language such as zh."),
    }[name]


def _readers(context: StaffContext) -> Mapping[str, Callable[[str], str | int]]:
    """Give what reads each answer into something that a talk's JSON can hold."""
    say = context.say

    def when(text: str) -> str:
        return read_when(text, say, timezone=context.company.timezone, now=context.now).isoformat()

    return {
        "title": partial(read_title, say=say),
        "when": when,
        "place": partial(read_place, say=say),
        "capacity": partial(read_capacity, say=say),
        "audience": partial(read_audience, context=context),
    }
