"""``/campaigns`` and the buttons under a campaign: pause, resume, cancel, another time; for marketers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from customers.local_time import moment_in
from customers.phrases import Phrases
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.marketing.campaign_talk import start_retiming
from handlers.staff import desk
from handlers.staff.roles import may_market
from scheduler.campaigns.moves import cancel_campaign, pause_campaign, resume_campaign
from scheduler.campaigns.queueing import find_campaign, list_campaigns
from scheduler.campaigns.tally import Tally, result_of
from scheduler.campaigns.text import (
    VERB,
    answer_lines,
    control_buttons,
    counts_line,
    headline,
    hints,
    left_out_lines,
    pace_lines,
    quiet_lines,
    title_of,
)
from scheduler.campaigns.times import pause_schedule, resume_schedule, stop_schedule
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.outreach import Campaign, CampaignState

LISTED = 10
"""Campaigns in a list: those that run or are paused, and as many that ended."""

LATELY = timedelta(days=7)


def list_(context: StaffContext) -> Sequence[Draft]:
    """List what runs, is paused and ended lately, with buttons for what can still be changed."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    campaigns = list_campaigns(context.session, since=context.now - LATELY, limit=LISTED)
    if not campaigns:
        return (context.answer(context.say("No campaign runs, and none ended lately.")),)
    active = [campaign for campaign in campaigns if control_buttons(campaign, context.say)]
    numbers = {campaign.id: place for place, campaign in enumerate(active, 1)} if len(active) > 1 else {}
    lines = [_line(context, campaign, numbers.get(campaign.id)) for campaign in campaigns]
    rows = (control_buttons(one, context.say, number=numbers.get(one.id)) for one in active)
    return (context.answer("\n\n".join(lines), buttons=tuple(row for block in rows for row in block)),)


def take_tap(context: StaffContext) -> Sequence[Draft]:
    """Do what the tapped button says, or say how the campaign stands where that is no longer possible."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, move) if (campaign_id := number(written)) and move in _MOVES:
            pass
        case _:
            return desk.stale_button(context)
    if not may_market(context.staff):
        return (context.answer(context.say("Only marketers and managers can do this.")),)
    try:
        campaign = find_campaign(context.session, campaign_id)
    except NotFoundError:
        return desk.stale_button(context)
    if campaign.started_at is None and campaign.send_at is None:
        return desk.stale_button(context)
    return _MOVES[move](context, campaign)


def _pause(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if not pause_campaign(context.session, campaign, now=context.now):
        return _as_it_is(context, campaign)
    text = context.say(
        "⏸ {name} paused “{title}”. Nothing more of it leaves; what is on its way may still arrive.",
        name=context.staff.name,
        title=title_of(campaign),
    )
    return (context.answer(text, buttons=control_buttons(campaign, context.say)),)


def _resume(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if not resume_campaign(context.session, campaign):
        return _as_it_is(context, campaign)
    text = context.say(
        "▶️ {name} resumed “{title}”. It goes on where it stood.",
        name=context.staff.name,
        title=title_of(campaign),
    )
    return (context.answer(text, buttons=control_buttons(campaign, context.say)),)


def _ask_cancel(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    buttons = control_buttons(campaign, context.say)
    if not buttons:
        return _as_it_is(context, campaign)
    say = context.say
    text = say(
        "Stop sending “{title}” for good? Who has not got it yet never will. If you are not sure, pause it.",
        title=title_of(campaign),
    )
    yes = button(say("Yes, send no more"), VERB, campaign.id, "cancel-yes")
    text = "\n".join([text, *_about_event(campaign, say)])
    return (context.answer(text, buttons=((yes, buttons[0][0]),)),)


def _about_event(campaign: Campaign, say: Phrases) -> list[str]:
    """Say of invitations that their event is another thing; nothing of what invites to none."""
    if campaign.event_id is None:
        return []
    return [
        say(
            "This is about its invitations alone: the event takes place, unless you cancel it in "
            "/event {number}.",
            number=campaign.event_id,
        )
    ]


def _cancel(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if not cancel_campaign(context.session, campaign):
        return _as_it_is(context, campaign)
    say = context.say
    text = say(
        "⏹ {name} stopped sending “{title}”. The result follows.",
        name=context.staff.name,
        title=title_of(campaign),
    )
    return (context.answer("\n".join([text, *_about_event(campaign, say)])),)


def _hold(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if not pause_schedule(context.session, campaign, now=context.now):
        return _as_it_is(context, campaign)
    text = context.say(
        "⏸ {name} holds “{title}”: its times go by until you let it go on.",
        name=context.staff.name,
        title=title_of(campaign),
    )
    return (context.answer(text, buttons=control_buttons(campaign, context.say)),)


def _let_go_on(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if resume_schedule(context.session, campaign, company=context.company, now=context.now):
        return _as_it_is(context, campaign)
    if campaign.state is CampaignState.SCHEDULED and campaign.paused_at is not None:
        text = context.say("The time of “{title}” is over: give it another.", title=title_of(campaign))
        return (context.answer(text, buttons=control_buttons(campaign, context.say)),)
    return _as_it_is(context, campaign)


def _ask_time(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if campaign.state is not CampaignState.SCHEDULED:
        return _as_it_is(context, campaign)
    return start_retiming(context, campaign.id)


def _ask_stop(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if campaign.state is not CampaignState.SCHEDULED:
        return _as_it_is(context, campaign)
    text = context.say(
        "Stop “{title}” for good? It never comes again. If you are not sure, hold it.",
        title=title_of(campaign),
    )
    text = "\n".join([text, *_about_event(campaign, context.say)])
    yes = button(context.say("Yes, stop it"), VERB, campaign.id, "stop-yes")
    return (context.answer(text, buttons=((yes,),)),)


def _stop(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if not stop_schedule(context.session, campaign, now=context.now):
        return _as_it_is(context, campaign)
    text = context.say("⏹ {name} stopped “{title}”.", name=context.staff.name, title=title_of(campaign))
    return (context.answer(text),)


_MOVES: Mapping[str, Callable[[StaffContext, Campaign], Sequence[Draft]]] = {
    "pause": _pause,
    "resume": _resume,
    "cancel": _ask_cancel,
    "cancel-yes": _cancel,
    "hold": _hold,
    "unhold": _let_go_on,
    "time": _ask_time,
    "stop": _ask_stop,
    "stop-yes": _stop,
}


def _as_it_is(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    """Answer a button that is out of date with what is the case now."""
    text = headline(_result(context, campaign), campaign, company=context.company, say=context.say)
    return (context.answer(text, buttons=control_buttons(campaign, context.say)),)


def _result(context: StaffContext, campaign: Campaign) -> Tally:
    channels = context.company.channels
    return result_of(context.session, campaign, channels=channels, now=context.now)


def _line(context: StaffContext, campaign: Campaign, place: int | None) -> str:
    tally, say = _result(context, campaign), context.say
    lines = [headline(tally, campaign, company=context.company, say=say)]
    if place is not None:
        lines[0] = f"{place}. {lines[0]}"
    if campaign.started_at is not None:
        lines += [counts_line(tally, say), *left_out_lines(tally, say)]
        lines += [*answer_lines(tally, campaign, say), *hints(tally, campaign, say)]
    if campaign.state is CampaignState.RUNNING:
        own_clock = campaign.local_time
        lines += quiet_lines(tally.quiet, company=context.company, say=say, own_clock=own_clock)
        lines += pace_lines(tally, campaign, company=context.company, say=say)
    elif campaign.finished_at is not None:
        lines.append(
            say("Ended {moment}", moment=moment_in(campaign.finished_at, context.company.timezone, say))
        )
    return "\n".join(lines)
