"""An event that nobody has been invited to yet: kept, previewed, and filled in with what is left to say."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from customers.local_time import date_and_time_in
from customers.phrases import Phrases, listed
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.drafts import DETAILS, EVENT
from handlers.marketing import confirmation, festival_invitations, stale
from handlers.marketing.answers import name_audience
from handlers.marketing.event_changes import refusal_text
from handlers.marketing.event_fields import (
    Field,
    fields_of,
    from_json,
    moved,
    read_zone,
    reminders_text,
    span_text,
)
from handlers.marketing.previews import as_if_to, nobody_text
from handlers.staff import desk
from handlers.staff.questions import ask
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import draft_campaign, drop_draft, find_campaign
from scheduler.events.changes import change_event, check_change
from scheduler.events.guests import most_companions
from scheduler.events.plans import EventPlan, add_event, find_event, forget_event
from scheduler.events.wording import invitation_text
from scheduler.wall_clock import moment_at, shown_at
from store.errors import InputError, NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.outreach import Campaign, CampaignState, Event

VERB = "newevent"
MORE = "more"
STEP = DETAILS
ASKED_FOR = ("zone", "end", "map", "companions", "reminders", "offer")
"""What an event need not have; asked in this order of who wants to say more."""

HARDLY_LONGER = timedelta(hours=12)
"""What lasts longer may be a slip: an end before the start is taken for the next day's."""

UNCHANGED = frozenset({"=", "＝"})
"""What leaves a detail as it is; a dash means none, where there can be none."""


def preview_plan(context: StaffContext, plan: EventPlan, *, timezone: str) -> Sequence[Draft]:
    """Keep a planned event, and show what customers will get; nobody is invited before that is confirmed.

    Raises:
        InputError: nobody can be reached with it; the event is not kept.
    """
    if plan.starts_at <= context.now:  # the talk took longer than there was time
        context.expect_nothing(EVENT)
        return (context.answer(context.say("This event has already begun, so nobody was invited.")),)
    event = add_event(context.session, plan, timezone=timezone, staff_id=context.staff.id, now=context.now)
    campaign = _draft(context, event)
    if (nobody := nobody_text(context, campaign)) is not None:
        forget_event(context.session, event)
        raise InputError(nobody)
    return _preview(context, event, campaign, finished=EVENT)


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
        return stale.event_button(context)
    return _ask(context, event, {"campaign": campaign.id, "changes": {}, "left": list(ASKED_FOR)})


def next_detail(context: StaffContext) -> Sequence[Draft]:
    """Take one detail, or leave it as it is; then ask the next, or show the preview anew."""
    data = {} if context.dialogue is None else context.dialogue.data
    campaign = _draft_of(context, data.get("campaign"))
    event = None if campaign is None else find_event(context.session, campaign.event_id or 0)
    if campaign is None or event is None or not may_market(context.staff):
        return desk.plain_words(context)
    name, *left = data["left"]
    changes = dict(data["changes"])
    if context.incoming.text.strip() not in UNCHANGED:
        try:
            changes |= _fields(context, event, changes)[name].read(context.incoming.text)
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
        context.expect_nothing(DETAILS)
        return (context.answer(refusal_text(error, event, context.say)),)
    return _preview(context, event, _draft(context, event), finished=DETAILS)


def ask_details_again(context: StaffContext, data: Mapping[str, Any], head: str) -> Sequence[Draft]:
    """Ask anew for the detail that is due, below a ``head``; nothing where it was decided meanwhile."""
    campaign = _draft_of(context, data["campaign"])
    event = None if campaign is None else find_event(context.session, campaign.event_id or 0)
    return () if event is None else _ask(context, event, data, head)


def _ask(context: StaffContext, event: Event, data: Mapping[str, Any], *above: str) -> Sequence[Draft]:
    question = _fields(context, event, data["changes"])[data["left"][0]].question
    hint = context.say("Send = to leave it as it is; /cancel ends this.")
    return (ask(context, "\n".join([*above, question, hint]), step=STEP, data=data),)


def _fields(context: StaffContext, event: Event, changes: Mapping[str, Any]) -> Mapping[str, Field]:
    """Give what may be said of an event as it would be with what was said so far."""
    now_is = from_json(changes)
    so_far = Event(
        starts_at=now_is.get("starts_at", event.starts_at),
        ends_at=now_is.get("ends_at", event.ends_at),
        timezone=now_is.get("timezone", event.timezone),
    )
    say = context.say

    def zone(text: str) -> Mapping[str, Any]:
        name = read_zone(text, say)
        wall = shown_at(so_far.starts_at, so_far.timezone)
        return moved(so_far, moment_at(wall, name), name)

    question = say(
        "By the clock of which time zone? Like Asia/Tokyo; now it is {timezone}.", timezone=so_far.timezone
    )
    return {"zone": Field(say("Time zone"), question, zone), **fields_of(so_far, say, now=context.now)}


def _draft_of(context: StaffContext, campaign_id: int | None) -> Campaign | None:
    """Find invitations that nobody has confirmed yet."""
    try:
        campaign = find_campaign(context.session, campaign_id or 0)
    except NotFoundError:
        return None
    return campaign if campaign.state is CampaignState.DRAFT and campaign.event_id is not None else None


def _reminders(event: Event, say: Phrases, *, now: datetime) -> list[str]:
    """Say when guests are reminded, and of which reminders it is too late."""
    coming = [minutes for minutes in event.reminders if event.starts_at - timedelta(minutes=minutes) > now]
    if event.reminders and not coming:
        return [say("Reminders: none, since it begins so soon")]
    lines = [reminders_text(coming, say)]
    if late := [minutes for minutes in event.reminders if minutes not in coming]:
        spans = listed((span_text(minutes, say) for minutes in late), say)
        lines.append(say("⚠️ Too late already for reminders: {spans} before the start", spans=spans))
    return lines


def _facts(event: Event, say: Phrases, *, now: datetime) -> list[str]:
    """Say what else holds of an event, and point at what can hardly be meant."""
    lines = _reminders(event, say, now=now)
    most = most_companions(event)
    if most < event.companions:
        lines.append(
            say.count(
                "⚠️ Each guest may bring {companions}; of {places} places only {number} is left for them.",
                "⚠️ Each guest may bring {companions}; of {places} places only {number} are left for them.",
                most,
                companions=event.companions,
                places=event.capacity,
            )
        )
    elif event.companions:
        lines.append(say("Each guest may bring {companions}.", companions=event.companions))
    if event.ends_at is not None and event.ends_at - event.starts_at > HARDLY_LONGER:
        hours = round((event.ends_at - event.starts_at) / timedelta(hours=1))
        ends = date_and_time_in(event.ends_at, event.timezone, say)
        lines.append(say("⚠️ It lasts {hours} hours: it ends on {when}.", hours=hours, when=ends))
    return lines


def _draft(context: StaffContext, event: Event) -> Campaign:
    """Write the invitations of an event down, to be confirmed."""
    return draft_campaign(
        context.session,
        text=event.title,
        audience=event.audience,
        event=event,
        staff_id=context.staff.id,
        chat=context.chat,
        now=context.now,
    )


def _preview(context: StaffContext, event: Event, campaign: Campaign, *, finished: str) -> Sequence[Draft]:
    """Show what customers will get, and let the marketer send it, wait, say more, or drop it."""
    say = context.say
    shown = invitation_text(event, say, name=context.staff.name, company=context.company)
    facts = [
        say(
            "Places: {capacity}. For: {audience}.",
            capacity=event.capacity,
            audience=name_audience(event.audience, say),
        ),
        *_facts(event, say, now=context.now),
    ]
    more: ButtonRows = ((button(say("Say more …"), VERB, campaign.id, MORE),),)
    return confirmation.ask(
        context,
        campaign,
        verb=VERB,
        preview="\n\n".join([as_if_to(context.staff, say), shown, "\n".join(facts)]),
        send_label=say("Send invitations"),
        finished=finished,
        more=(*festival_invitations.waiting_buttons(context, event, campaign), *more),
    )
