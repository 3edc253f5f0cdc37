"""What is said to a tap on an old button of a draft: what became of the draft, and what begins another."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.context import StaffContext
from handlers.drafts import CAMPAIGN
from handlers.staff import desk
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import newest_draft
from store.outbox import Draft
from store.tables.outreach import Campaign

STILL_MEANT = timedelta(days=1)
"""How old a preview may be that is spoken of as waiting, and that /cancel means."""


def undecided(context: StaffContext) -> Campaign | None:
    """Give what a marketer was shown last in this chat and has not decided."""
    since = context.now - STILL_MEANT
    return newest_draft(context.session, staff_id=context.staff.id, chat=context.chat, since=since)


def is_replaced(context: StaffContext, campaign: Campaign) -> bool:
    """Tell whether a preview that was given up has another of its kind in its place, which waits."""
    newest = undecided(context)
    return newest is not None and newest.id > campaign.id and newest.event_id == campaign.event_id


def plan_button(context: StaffContext) -> Sequence[Draft]:
    """Answer an old button of ``/campaign``; it changes nothing."""
    if not may_market(context.staff):
        return desk.stale_button(context)
    say, shown = context.say, undecided(context)
    if context.begun_at(CAMPAIGN) is not None:
        text = say(
            "This button no longer does anything: the campaign that you are writing is at another question. "
            "/campaign asks it again."
        )
    elif shown is not None and shown.messages:
        text = say(
            "This button no longer does anything: the campaign is written, and its preview waits for you to "
            "send, change or cancel it. /campaign begins another."
        )
    else:
        text = say(
            "This button no longer does anything: what it belongs to was confirmed, or given up. /campaigns "
            "shows what goes out, /campaign begins another."
        )
    return (context.answer(text),)


def event_button(context: StaffContext) -> Sequence[Draft]:
    """Answer an old button of ``/newevent``; it changes nothing."""
    if not may_market(context.staff):
        return desk.stale_button(context)
    text = context.say(
        "This button no longer does anything: its invitations were confirmed, changed or given up. /events "
        "shows what is planned, /newevent begins another."
    )
    return (context.answer(text),)
