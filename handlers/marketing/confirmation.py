"""The last step of everything that goes to many: a preview with a count, and one tap that sends it once."""

from collections.abc import Sequence

from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.drafts import REPLACES
from handlers.marketing import stale
from handlers.marketing.campaign_asking import ask as ask_step
from handlers.marketing.previews import close_preview, preview_of
from handlers.marketing.when import how_to_say_when
from handlers.staff import desk
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import (
    drop_draft,
    find_campaign,
    progress_key,
    start_campaign,
)
from scheduler.campaigns.quiet_share import count_quiet
from scheduler.campaigns.starts import is_gone
from scheduler.campaigns.text import control_buttons, quiet_lines, timing_text, title_of
from scheduler.campaigns.times import is_past, next_of, pause_schedule, schedule_campaign, timing_of
from scheduler.events.plans import find_event
from store.errors import NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.outreach import Campaign, CampaignState


def ask(
    context: StaffContext,
    campaign: Campaign,
    *,
    verb: str,
    preview: str,
    send_label: str,
    finished: str,
    more: ButtonRows = (),
) -> Sequence[Draft]:
    """Show what will be sent to how many; the marketer sends or cancels it, or does something ``more``.

    The talk that wrote it is ``finished``.
    """
    context.expect_nothing(finished)
    buttons = (*_buttons(context, campaign, verb, send_label), *more)
    return preview_of(context, campaign, preview, buttons)


def take_decision(context: StaffContext, *, of_events: bool) -> Sequence[Draft]:
    """Take the tap on send or cancel; of several taps the first counts."""
    _, arguments = parse(context.incoming.button or "")
    tell_stale = stale.event_button if of_events else stale.plan_button
    match arguments:
        case (written, "send" | "cancel" as decision) if campaign_id := number(written):
            pass
        case _:
            return tell_stale(context)
    try:
        campaign = find_campaign(context.session, campaign_id)
    except NotFoundError:
        return tell_stale(context)
    if not may_market(context.staff) or (campaign.event_id is not None) is not of_events:
        return tell_stale(context)
    answers = _send(context, campaign) if decision == "send" else _cancel(context, campaign)
    context.give_up_changes(campaign.id)
    return (*answers, *close_preview(context, campaign))


def cancel(context: StaffContext) -> Sequence[Draft]:
    """End a talk of several steps, or else give up what was shown last and is not decided."""
    dialogue = context.dialogue
    unchanged = context.answer(context.say("Nothing was changed: the preview above still holds."))
    if dialogue is not None and REPLACES in dialogue.data:
        context.expect_nothing(dialogue.step)
        return (unchanged,)
    if dialogue is not None or not may_market(context.staff):
        return desk.cancel(context)
    shown = stale.undecided(context)
    if shown is None:
        return desk.cancel(context)
    if context.give_up_changes(shown.id):
        return (unchanged,)
    return (*_cancel(context, shown), *close_preview(context, shown))


def _send(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    event = None if campaign.event_id is None else find_event(context.session, campaign.event_id)
    if event is not None and event.starts_at <= context.now:
        drop_draft(context.session, campaign)
        return (context.answer(context.say("This event has already begun, so nobody was invited.")),)
    if campaign.send_at is not None:
        return _schedule(context, campaign)
    started = start_campaign(
        context.session, campaign, chat=context.chat, company=context.company, now=context.now
    )
    if not started:
        return already(context, campaign)
    text = "\n".join(
        [context.say("Sending “{title}” …", title=title_of(campaign)), *_wait(context, campaign)]
    )
    buttons = control_buttons(campaign, context.say)
    return (context.answer(text, buttons=buttons, dedupe_key=progress_key(campaign)),)


def _schedule(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    """Let a campaign wait for its time; one whose time came while it was looked at leaves at once.

    What would come too late to be sent comes at its next time; where there is none, another is asked for.
    """
    if not schedule_campaign(context.session, campaign, chat=context.chat):
        return already(context, campaign)
    say, title = context.say, title_of(campaign)
    if is_gone(campaign, company=context.company, now=context.now):
        following = None
        if campaign.rule is not None:
            following = next_of(campaign, company=context.company, after=context.now)
        if following is None:
            return _ask_time(context, campaign)
        campaign.send_at = following
    if is_past(timing_of(campaign), company=context.company, now=context.now):
        text = say("The time of “{title}” has come meanwhile: it leaves now.", title=title)
    else:
        when = timing_text(timing_of(campaign), say, company=context.company)
        text = say("🗓 “{title}” waits for its time. {when}", title=title, when=when)
    return (context.answer(text, buttons=control_buttons(campaign, say)),)


def _ask_time(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    """Hold a campaign that was confirmed too late, and ask for another time."""
    say = context.say
    pause_schedule(context.session, campaign, now=context.now)
    told = say("The time of “{title}” is over: give it another.", title=title_of(campaign))
    return (ask_step(context, {"at": "retime", "campaign": campaign.id}, f"{told}\n{how_to_say_when(say)}"),)


def _wait(context: StaffContext, campaign: Campaign) -> list[str]:
    """Say how many wait for the end of quiet hours; the progress says it of a large one."""
    if not campaign.queued_all:
        return []
    company = context.company
    quiet = count_quiet(context.session, campaign, channels=company.channels, now=context.now)
    return quiet_lines(quiet, company=company, say=context.say)


def _cancel(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if not drop_draft(context.session, campaign):
        return already(context, campaign)
    return (context.answer(context.say("Cancelled; nothing was sent.")),)


def already(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    """Say what became of a campaign that a tap came too late for."""
    say = context.say
    if campaign.state is CampaignState.SCHEDULED:
        return (context.answer(say("It waits for its time already; /campaigns shows it.")),)
    if campaign.state is CampaignState.CANCELLED and campaign.started_at is None:
        if stale.is_replaced(context, campaign):
            return (context.answer(say("This preview holds no more: use the newest one below.")),)
        return (context.answer(say("This was cancelled before; nothing was sent.")),)
    return (context.answer(say("This was already sent; nothing is sent twice.")),)


def _buttons(context: StaffContext, campaign: Campaign, verb: str, send_label: str) -> ButtonRows:
    return (
        (
            button(send_label, verb, campaign.id, "send"),
            button(context.say("Cancel"), verb, campaign.id, "cancel"),
        ),
    )
