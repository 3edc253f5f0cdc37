"""``/broadcast``: a text and whom it is for; then a preview with a count, and out on one tap."""

from collections.abc import Sequence

from handlers.context import StaffContext
from handlers.drafts import BROADCAST
from handlers.marketing import confirmation
from handlers.marketing.answers import name_audience, read_audience, read_text
from handlers.marketing.previews import as_if_to
from handlers.staff import desk
from handlers.staff.draft_words import goes_on
from handlers.staff.questions import ask, ask_again
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import draft_campaign
from scheduler.text_rules import variables_in_words
from scheduler.variables import as_staff_reads
from store.errors import InputError
from store.outbox import Draft

STEP = BROADCAST


def start(context: StaffContext) -> Sequence[Draft]:
    """Begin a broadcast: ask for the text, or take the one behind the command."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    if context.incoming.argument:
        return _take_text(context, context.incoming.argument)
    if (begun := context.begun_at(STEP)) is not None:
        return _ask_audience(context, begun.data["text"], goes_on(STEP, context.say))
    question = context.say(
        "What should customers read? It is sent exactly as you write it, and these become what is known of "
        "each customer: {variables}.\n/cancel ends this.",
        variables=variables_in_words(context.say),
    )
    return (ask(context, question, step=STEP),)


def next_step(context: StaffContext) -> Sequence[Draft]:
    """Take the text, then whom it is for."""
    if context.dialogue is None or not may_market(context.staff):
        return desk.plain_words(context)
    text = context.dialogue.data.get("text")
    if text is None:
        return _take_text(context, context.incoming.text)
    try:
        audience = read_audience(context.incoming.text, context)
    except InputError as error:
        return (ask_again(context, str(error)),)
    return _preview(context, text, audience)


def confirm(context: StaffContext) -> Sequence[Draft]:
    """Send the broadcast, or drop it."""
    return confirmation.take_decision(context, of_events=False)


def _take_text(context: StaffContext, written: str) -> Sequence[Draft]:
    try:
        text = read_text(written, context.say, company=context.company)
    except InputError as error:
        return (ask(context, str(error), step=STEP),)
    return _ask_audience(context, text)


def _ask_audience(context: StaffContext, text: str, *above: str) -> Sequence[Draft]:
    question = context.say(
        "Who gets it? all, key, regular, a language such as zh, a saved segment or a filter; "
        "/segment explains."
    )
    return (ask(context, "\n\n".join([*above, question]), step=STEP, data={"text": text}),)


def _preview(context: StaffContext, text: str, audience: str) -> Sequence[Draft]:
    say = context.say
    campaign = draft_campaign(
        context.session,
        text=text,
        audience=audience,
        event=None,
        staff_id=context.staff.id,
        chat=context.chat,
        now=context.now,
    )
    shown = as_staff_reads(text, context.staff.name, context.company, say)
    head = say("This is what customers will get:") if shown == text else as_if_to(context.staff, say)
    parts = [
        f"{head}\n\n{shown}",
        say("For: {audience}.", audience=name_audience(audience, say)),
    ]
    return confirmation.ask(
        context,
        campaign,
        verb="broadcast",
        preview="\n\n".join(parts),
        send_label=say("Send"),
        finished=STEP,
    )
