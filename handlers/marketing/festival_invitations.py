"""Invitations that wait for a festival: offered under the preview of an event that is near one."""

from collections.abc import Sequence
from dataclasses import replace

from customers.local_time import minute_in
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.marketing import confirmation, stale
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import find_campaign
from scheduler.events.plans import find_event
from scheduler.festivals.invitations import Invitation, invitations_offered, wait_for_festival
from scheduler.festivals.wording import festival_name
from store.errors import NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.outreach import Campaign, CampaignState, Event

WAIT = "wait"
OFFERED = 2


def waiting_buttons(context: StaffContext, event: Event, campaign: Campaign) -> ButtonRows:
    """Make the buttons that let invitations wait for a festival near their event; none where none is near."""
    say = context.say
    return tuple(
        (
            button(
                say(
                    "For {festival}: {moment}",
                    festival=festival_name(
                        one.occasion.festival,
                        say,
                        one.way.title,
                        company_language=context.company.language,
                    ),
                    moment=minute_in(one.send_at, context.company.timezone, say),
                ),
                "newevent",
                campaign.id,
                WAIT,
                one.occasion.festival,
            ),
        )
        for one in _offered(context, event)
    )


def asks_to_wait(context: StaffContext) -> bool:
    """Tell whether the tapped button lets invitations wait for a festival."""
    _, arguments = parse(context.incoming.button or "")
    return len(arguments) == 3 and arguments[1] == WAIT  # noqa: PLR2004 - campaign, verb, festival


def wait(context: StaffContext) -> Sequence[Draft]:
    """Let the invitations of a drafted event wait for a festival, as if its time had been given."""
    _, (written, _, festival) = parse(context.incoming.button or "")
    campaign = _draft(context, number(written))
    event = None if campaign is None else find_event(context.session, campaign.event_id or 0)
    if campaign is None or event is None or not may_market(context.staff):
        return stale.event_button(context)
    chosen = next((one for one in _offered(context, event) if one.occasion.festival == festival), None)
    if chosen is None:
        return stale.event_button(context)
    wait_for_festival(event, campaign, chosen)
    send = button("", "newevent", campaign.id, "send").data
    confirmed = replace(context, incoming=replace(context.incoming, button=send))
    return confirmation.take_decision(confirmed, of_events=True)


def _draft(context: StaffContext, campaign_id: int | None) -> Campaign | None:
    """Find a campaign of invitations that nobody has confirmed yet."""
    try:
        campaign = find_campaign(context.session, campaign_id or 0)
    except NotFoundError:
        return None
    return campaign if campaign.state is CampaignState.DRAFT and campaign.event_id is not None else None


def _offered(context: StaffContext, event: Event) -> Sequence[Invitation]:
    found = invitations_offered(context.session, event, company=context.company, now=context.now)
    return found[:OFFERED]
