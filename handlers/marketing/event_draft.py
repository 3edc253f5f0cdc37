"""An event that nobody has been invited to yet: kept, previewed, and filled in with what is left to say."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.marketing import confirmation, festival_invitations
from handlers.marketing.answers import name_audience
from handlers.marketing.event_changes import refusal_text
from handlers.marketing.event_fields import Field, fields_of, from_json, reminders_text
from handlers.staff import desk
from handlers.staff.questions import ask
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import draft_campaign, drop_draft, find_campaign
from scheduler.events.changes import change_event, check_change
from scheduler.events.plans import EventPlan, add_event, find_event
from scheduler.events.wording import invitation_text
from store.errors import InputError, NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.outreach import Campaign, CampaignState, Event

VERB = "newevent"
MORE = "more"
STEP = "eventmore"
DETAILS = ("end", "map", "companions", "reminders")
"""What an event need not have; asked in this order of who wants to say more."""

SKIPPED = frozenset({"-", "–", "—"})


def preview_plan(context: StaffContext, plan: EventPlan, *, timezone: str) -> Sequence[Draft]:
    """Keep a planned event, and show what customers will get; nobody is invited before that is confirmed."""
    if plan.starts_at <= context.now:  # the talk took longer than there was time
        context.expect_nothing()
        return (context.answer(context.say("This event has already begun, so nobody was invited.")),)
    event = add_event(context.session, plan, timezone=timezone, staff_id=context.staff.id, now=context.now)
    return _preview(context, event)


def asks_for_more(context: StaffContext) -> bool:
    """Tell whether the tapped button wants to say more of an event."""
    _, arguments = parse(context.incoming.button or "")
    return len(arguments) == 2 and arguments[1] == MORE  # noqa: PLR2004 - campaign, verb


def ask_more(context: StaffContext) -> Sequence[Draft]:
    """Ask the first of what an event need not have."""
    _, (written, _) = parse(context.incoming.button or "")
    campaign = _draft_of(context, number(written))
    event = None if campaign is None else find_event(context.session, campaign.event_id or 0)
    if campaign is None or event is None or not may_market(context.staff):
        return desk.stale_button(context)
    return _ask(context, event, {"campaign": campaign.id, "changes": {}, "left": list(DETAILS)})


def next_detail(context: StaffContext) -> Sequence[Draft]:
    """Take one detail, or leave it as it is; then ask the next, or show the preview anew."""
    data = {} if context.dialogue is None else context.dialogue.data
    campaign = _draft_of(context, data.get("campaign"))
    event = None if campaign is None else find_event(context.session, campaign.event_id or 0)
    if campaign is None or event is None or not may_market(context.staff):
        return desk.plain_words(context)
    name, *left = data["left"]
    changes = dict(data["changes"])
    if context.incoming.text.strip() not in SKIPPED:
        try:
            changes |= _fields(context, event)[name].read(context.incoming.text)
            check_change(context.session, event, from_json(changes), now=context.now)
        except InputError as error:
            return (ask(context, refusal_text(error, event, context.say), step=STEP, data=data),)
    if left:
        return _ask(context, event, {**data, "changes": changes, "left": left})
    return _fill_in(context, campaign, event, changes)


def _fill_in(
    context: StaffContext, campaign: Campaign, event: Event, changes: Mapping[str, Any]
) -> Sequence[Draft]:
    """Put the details in; the preview before is no longer good for anything."""
    drop_draft(context.session, campaign)
    try:
        change_event(context.session, event.id, from_json(changes), company=context.company, now=context.now)
    except InputError as error:
        context.expect_nothing()
        return (context.answer(refusal_text(error, event, context.say)),)
    return _preview(context, event)


def _ask(context: StaffContext, event: Event, data: Mapping[str, Any]) -> Sequence[Draft]:
    question = _fields(context, event)[data["left"][0]].question
    hint = context.say("Send - to leave it as it is; /cancel ends this.")
    return (ask(context, f"{question}\n{hint}", step=STEP, data=data),)


def _fields(context: StaffContext, event: Event) -> Mapping[str, Field]:
    return fields_of(event, context.say, now=context.now)


def _draft_of(context: StaffContext, campaign_id: int | None) -> Campaign | None:
    """Find invitations that nobody has confirmed yet."""
    try:
        campaign = find_campaign(context.session, campaign_id or 0)
    except NotFoundError:
        return None
    return campaign if campaign.state is CampaignState.DRAFT and campaign.event_id is not None else None


def _preview(context: StaffContext, event: Event) -> Sequence[Draft]:
    """Show what customers will get, and let the marketer send it, wait, say more, or drop it."""
    say, session = context.say, context.session
    campaign = draft_campaign(
        session,
        text=event.title,
        audience=event.audience,
        event=event,
        staff_id=context.staff.id,
        chat=context.chat,
        now=context.now,
    )
    shown = invitation_text(event, say, name=context.staff.name, company=context.company)
    facts = [
        say(
            "Places: {capacity}. For: {audience}.",
            capacity=event.capacity,
            audience=name_audience(event.audience, say),
        ),
        reminders_text(event.reminders, say),
    ]
    if event.companions:
        facts.append(say("Each guest may bring {companions}.", companions=event.companions))
    more: ButtonRows = ((button(say("Say more …"), VERB, campaign.id, MORE),),)
    return confirmation.ask(
        context,
        campaign,
        verb=VERB,
        preview="\n\n".join([say("This is what customers will get:"), shown, "\n".join(facts)]),
        send_label=say("Send invitations"),
        more=(*festival_invitations.waiting_buttons(context, event, campaign), *more),
    )
