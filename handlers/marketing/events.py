"""``/newevent``: a few questions, or all in one line; then a preview, and invitations on one tap."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from customers.phrases import Phrases
from handlers.context import StaffContext
from handlers.drafts import DETAILS, EVENT, Begun
from handlers.marketing import confirmation, festival_invitations
from handlers.marketing.answers import (
    read_audience,
    read_capacity,
    read_place,
    read_title,
)
from handlers.marketing.event_draft import ask_details_again, ask_more, asks_for_more, preview_plan
from handlers.marketing.event_fields import fields_of, from_json, read_start
from handlers.staff import desk
from handlers.staff.draft_words import goes_on
from handlers.staff.questions import ask
from handlers.staff.roles import may_market
from scheduler.audience import EVERYBODY
from scheduler.events.plans import EventPlan
from store.errors import InputError
from store.outbox import Draft
from store.tables.outreach import Event

STEP = EVENT
QUESTIONS = ("title", "when", "place", "capacity", "audience")
"""What is asked, in this order, and in this order it stands in the one-line form."""

SEPARATOR = "|"

UNNAMED = re.compile(r"(\w+)\s*[:：]\s*(?!//).*", re.DOTALL)
"""What seems to name something that an event could have."""

NAMED_DETAILS = ("ends_at", "map_link", "companions", "reminders", "offer_minutes")
"""What else of an ``EventPlan`` may be said in one line."""

NAMES = {
    "end": "end",
    "ends": "end",
    "until": "end",
    "map": "map",
    "companions": "companions",
    "bring": "companions",
    "reminders": "reminders",
    "remind": "reminders",
    "offer": "offer",
    "结束": "end",
    "地图": "map",
    "同行": "companions",
    "提醒": "reminders",
    "候补": "offer",
}
"""What may stand behind the one-line form with its name, and which field of an event that is."""

NAMED = re.compile(rf"({'|'.join(NAMES)})\s*[:：=]\s*(.+)", re.IGNORECASE)


def start(context: StaffContext) -> Sequence[Draft]:
    """Begin a new event: ask the first question, or read all answers from the command's line."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    argument = context.incoming.argument
    if SEPARATOR in argument:
        return _take_line(context, argument)
    if argument:
        return _take_answer(context, {}, argument)
    if begun := context.begun_at(EVENT, DETAILS):
        if going_on := _go_on(context, begun):
            return going_on
        context = replace(context, begun=tuple(one for one in context.begun if one is not begun))
    say = context.say
    hint = say(
        "All in one line works too: /newevent Title | 2027-03-01 19:00 | Place | 40 | all\n/cancel ends this."
    )
    return (ask(context, f"{_question(context, 'title')}\n{hint}", step=STEP),)


def _go_on(context: StaffContext, begun: Begun) -> Sequence[Draft]:
    """Ask the next question of a half-written event; nothing where it was decided meanwhile."""
    head = goes_on(begun.step, context.say)
    if begun.step == DETAILS:
        return ask_details_again(context, begun.data, head)
    open_question = next(name for name in QUESTIONS if name not in begun.data)
    return (ask(context, f"{head}\n\n{_question(context, open_question)}", step=STEP, data=begun.data),)


def next_step(context: StaffContext) -> Sequence[Draft]:
    """Take the answer to the question that is open."""
    if context.dialogue is None or not may_market(context.staff):
        return desk.plain_words(context)
    return _take_answer(context, context.dialogue.data, context.incoming.text)


def confirm(context: StaffContext) -> Sequence[Draft]:
    """Send the invitations, or drop the event."""
    if festival_invitations.asks_to_wait(context):
        return festival_invitations.wait(context)
    if asks_for_more(context):
        return ask_more(context)
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
        try:
            return _preview(context, given)
        except InputError as error:  # nobody can be reached
            again = f"{error}\n\n{_question(context, 'audience')}\n{context.say('/cancel ends this.')}"
            return (ask(context, again, step=STEP, data=answers),)
    return (ask(context, _question(context, open_questions[1]), step=STEP, data=given),)


def _take_line(context: StaffContext, line: str) -> Sequence[Draft]:
    """Read all answers from one line; says everything that is wrong with it at once."""
    say = context.say
    parts = [part.strip() for part in line.split(SEPARATOR)]
    if len(parts) < len(QUESTIONS) - 1:
        return (
            context.answer(
                say(
                    "I need four or five parts, with | between them: "
                    "/newevent Title | 2027-03-01 19:00 | Place | 40 | all"
                )
            ),
        )
    audience, named, unknown = _told_apart(parts[len(QUESTIONS) - 1 :], say)
    readers, answers, faults = _readers(context), {}, []
    for name, part in zip(QUESTIONS, [*parts[: len(QUESTIONS) - 1], audience], strict=True):
        try:
            answers[name] = readers[name](part)
        except InputError as error:
            faults.append(f"• {error}")
    faults += [*_take_named(context, named, answers), *unknown]
    if not faults:
        try:
            return _preview(context, answers)
        except InputError as error:  # nobody can be reached
            faults = [f"• {error}"]
    return (context.answer("\n".join((say("This does not work yet:"), *faults))),)


def _told_apart(parts: Sequence[str], say: Phrases) -> tuple[str, Sequence[re.Match[str]], Sequence[str]]:
    """Tell the audience, which may be left out, what has a name, and what is wrong with the rest."""
    audience, named, faults = "", [], []
    for part in parts:
        if found := NAMED.fullmatch(part):
            named.append(found)
        elif unknown := UNNAMED.fullmatch(part):
            faults.append(
                say(
                    "• I do not know “{name}”. Behind the audience may stand: {names}.",
                    name=unknown[1],
                    names=", ".join(dict.fromkeys(NAMES.values())),
                )
            )
        elif audience:
            faults.append(
                say(
                    "• “{part}” is a second audience. One filter can name both: key or zh.",
                    part=part,
                )
            )
        else:
            audience = part
    return audience or EVERYBODY, named, faults


def _take_named(
    context: StaffContext, named: Sequence[re.Match[str]], answers: dict[str, Any]
) -> Sequence[str]:
    """Read what stands behind the line with its name, such as ``end: 22:00``; says what is wrong with it.

    Where the start cannot be read, nothing can be said of an end.
    """
    starts_at, timezone = _start(answers["when"]) if "when" in answers else (context.now, "UTC")
    event, faults = Event(starts_at=starts_at, timezone=timezone, ends_at=None), []
    fields = fields_of(event, context.say, now=context.now)
    for found in named:
        field = NAMES[found.group(1).lower()]
        if field == "end" and "when" not in answers:
            continue
        try:
            answers |= fields[field].read(found.group(2))
        except InputError as error:
            faults.append(f"• {found.group(1)}: {error}")
    return faults


def _preview(context: StaffContext, answers: Mapping[str, Any]) -> Sequence[Draft]:
    starts_at, timezone = _start(answers["when"])
    details = {name: answers[name] for name in NAMED_DETAILS if name in answers}
    plan = EventPlan(
        title=answers["title"],
        starts_at=starts_at,
        place=answers["place"],
        capacity=answers["capacity"],
        audience=answers["audience"],
        **from_json(details),
    )
    return preview_plan(context, plan, timezone=timezone)


def _start(when: str) -> tuple[datetime, str]:
    """Split what was read as the start into a moment and the zone by whose clock it was told."""
    moment, zone = when.split(" ")
    return datetime.fromisoformat(moment), zone


def _question(context: StaffContext, name: str) -> str:
    say, timezone = context.say, context.company.timezone
    return {
        "title": say("A new event. What is its title?"),
        "when": say("When does it start? Like 2027-03-01 19:00 ({timezone}).", timezone=timezone),
        "place": say("Where is it?"),
        "capacity": say("How many places are there?"),
        "audience": say(
            "Whom do we invite? all, key, regular, a language such as zh, a saved segment or a filter; "
            "/segment explains."
        ),
    }[name]


def _readers(context: StaffContext) -> Mapping[str, Callable[[str], str | int]]:
    """Give what reads each answer into something that a talk's JSON can hold."""
    say = context.say

    def when(text: str) -> str:
        starts_at, zone = read_start(text, say, timezone=context.company.timezone, now=context.now)
        return f"{starts_at.isoformat()} {zone}"

    return {
        "title": partial(read_title, say=say),
        "when": when,
        "place": partial(read_place, say=say),
        "capacity": partial(read_capacity, say=say),
        "audience": partial(read_audience, context=context),
    }
