"""What a preview says of whom it reaches, and three of them: at once where that is quick, else by a beat.

Counting a million customers takes a second or so, for which nobody else should have to wait.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.phrases import Phrases, phrases
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.matters import about_customer
from scheduler.audience import Reach, has_more_customers_than
from scheduler.campaigns.queueing import drop_draft, reach_of
from scheduler.campaigns.quiet_share import quiet_share
from scheduler.campaigns.room_share import (
    ALL_HAVE_ROOM,
    Roomless,
    are_many_busy,
    find_roomless,
    in_room,
)
from scheduler.campaigns.samples import Sample, count_all, count_by_language, sample_key, see_samples
from scheduler.campaigns.text import left_out_text, quiet_lines, room_lines
from scheduler.events.plans import find_event, forget_event, is_announced
from scheduler.segments.counting import COUNTED_AT_ONCE
from store.outbox import Body, ButtonRows, Draft, enqueue, find_by_key
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Counted:
    """Whom a drafted campaign reaches.

    Attributes:
        campaign_id: which.
        reach: how many, and why not the others.
        roomless: who of them got enough lately, and has to wait.
        languages: how many it reaches by their language and that of the text which they get.
        samples: what some of them will read.
        is_everybody: whether all customers are meant.
    """

    campaign_id: int
    reach: Reach
    roomless: Roomless = ALL_HAVE_ROOM
    languages: Mapping[tuple[str, str], int] = field(default_factory=dict)
    samples: Sequence[Sample] = ()
    is_everybody: bool = False


def preview_of(
    context: StaffContext, campaign: Campaign, preview: str, buttons: ButtonRows
) -> Sequence[Draft]:
    """Compose a preview with its count and what three customers will read, or with the promise of them."""
    session, company, now = context.session, context.company, context.now
    if _is_counted_later(context):
        campaign.progress = _key(campaign)
        text = preview + _counting(context.say)
        return (context.answer(text, buttons=buttons, dedupe_key=_key(campaign)),)
    counted = _count(session, campaign, company=company, now=now)
    samples = sample_drafts(campaign, counted.samples, chat=context.chat, say=context.say)
    text = _count_text(counted, campaign, company, context.say, now)
    if _is_for_nobody(counted.reach, campaign):
        text, buttons = text + _drop(session, campaign, context.say), ()
    return (*samples, context.answer(preview + text, buttons=buttons))


def nobody_text(context: StaffContext, campaign: Campaign) -> str | None:
    """Say that nobody would get a draft, and why; None where somebody would, or where a beat counts it."""
    if _is_counted_later(context):
        return None
    say = context.say
    reach, _ = _reach_in_room(context.session, campaign, company=context.company, now=context.now)
    if not _is_for_nobody(reach, campaign):
        return None
    nobody = say("Nobody can be reached with this now, so there is nothing to send.")
    return f"{nobody}\n{left_out_text(reach.left_out, say)}" if reach.left_out else nobody


def as_if_to(staff: Staff, say: Phrases) -> str:
    """Head a text that is shown with what is known of whoever wrote it, where customers read their own."""
    return say("This is what customers will get, as if it went to {name}:", name=staff.name)


def _is_counted_later(context: StaffContext) -> bool:
    """Tell whether a beat counts whom a draft reaches, since that takes too long for an answer."""
    session, now = context.session, context.now
    return has_more_customers_than(session, COUNTED_AT_ONCE) or are_many_busy(
        session, company=context.company, now=now
    )


def _reach_in_room(
    session: Session, campaign: Campaign, *, company: Company, now: datetime
) -> tuple[Reach, Roomless]:
    """Count whom a campaign reaches, and who of them got enough lately."""
    roomless = find_roomless(session, campaign, company=company, now=now)
    return in_room(reach_of(session, campaign, company=company, now=now), roomless), roomless


def _is_for_nobody(reach: Reach, campaign: Campaign) -> bool:
    """Tell whether a campaign would do nothing: for what leaves later there may be somebody by then."""
    return not reach.recipients and campaign.send_at is None


def _drop(session: Session, campaign: Campaign, say: Phrases) -> str:
    """Drop a draft that nobody would get, and the event that nobody was invited to; say so of an event."""
    event = None if campaign.event_id is None else find_event(session, campaign.event_id)
    drop_draft(session, campaign)
    if event is None or is_announced(session, event.id):
        return ""
    forget_event(session, event)
    return "\n\n" + say("The event is not kept; /newevent plans it anew.")


def _still_of_use(buttons: ButtonRows) -> ButtonRows:
    """Leave what can be done with a campaign that is dropped: its words can be read, and kept."""
    rows = (tuple(one for one in row if (one.data or "").endswith((":test", ":keep"))) for row in buttons)
    return tuple(row for row in rows if row)


def _count(session: Session, campaign: Campaign, *, company: Company, now: datetime) -> Counted:
    """Count whom a campaign reaches, and choose some of them; only reads."""
    reach, roomless = _reach_in_room(session, campaign, company=company, now=now)
    channels = company.channels
    is_everybody = reach.total == count_all(session, channels)
    if not campaign.messages or not reach.recipients:
        return Counted(campaign.id, reach, roomless, is_everybody=is_everybody)
    languages = count_by_language(reach.languages, campaign, company=company)
    samples = see_samples(session, campaign, channels=channels, company=company, now=now)
    return Counted(campaign.id, reach, roomless, languages, samples, is_everybody)


def sample_drafts(
    campaign: Campaign, samples: Sequence[Sample], *, chat: Chat, say: Phrases
) -> Sequence[Draft]:
    """Show a campaign as some customers will read it."""
    return [
        Draft(
            kind=MessageKind.ANSWER,
            channel=chat.channel,
            address=chat.address,
            text=f"{_as_read_by(sample, campaign, say)}\n\n{sample.words.text}",
            buttons=sample.words.buttons,
            attachments=sample.words.attachments,
            dedupe_key=sample_key(campaign, sample.who.customer_id),
            about=about_customer(sample.who.customer_id),
        )
        for sample in samples
    ]


def _as_read_by(sample: Sample, campaign: Campaign, say: Phrases) -> str:
    name = sample.who.name or say("somebody without a name")
    language = own_name(sample.words.language)
    if len(campaign.messages) > 1:
        return say(
            "👤 Version {variant}, as {name} will read it ({language}):",
            variant=sample.variant,
            name=name,
            language=language,
        )
    return say("👤 As {name} will read it ({language}):", name=name, language=language)


def see_previews(session: Session, *, company: Company, now: datetime) -> Sequence[Counted]:
    """Count whom the drafted campaigns reach whose previews promise it; only reads."""
    promised = select(Campaign).where(Campaign.state == CampaignState.DRAFT, Campaign.progress != "")
    return [
        _count(session, campaign, company=company, now=now)
        for campaign in session.scalars(promised.order_by(Campaign.id)).all()
    ]


def tell_previews(session: Session, seen: Sequence[Counted], *, company: Company, now: datetime) -> int:
    """Put the counts into the previews that promised them; does not commit.

    Returns:
        How many messages were queued.
    """
    return sum(_tell(session, counted, company, now) for counted in seen)


def _tell(session: Session, counted: Counted, company: Company, now: datetime) -> int:
    campaign = session.scalar(
        select(Campaign)
        .where(
            Campaign.id == counted.campaign_id,
            Campaign.state == CampaignState.DRAFT,
            Campaign.progress != "",
        )
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if campaign is None:
        return 0
    campaign.progress = ""
    shown = find_by_key(session, _key(campaign))
    if shown is None:
        return 0
    say = phrases(company.language)
    buttons = Body.from_json(shown.body).buttons
    text, edit_of = _count_text(counted, campaign, company, say, now), partial(_edit, _key(campaign), shown)
    samples = sample_drafts(campaign, counted.samples, chat=Chat(shown.channel, shown.address), say=say)
    if _is_for_nobody(counted.reach, campaign):
        buttons = _still_of_use(buttons) if campaign.messages else ()
        text += _drop(session, campaign, say)
    return enqueue(session, [*samples, edit_of(text, buttons, say)], now=now)


def close_preview(context: StaffContext, campaign: Campaign, *, is_replaced: bool = False) -> Sequence[Draft]:
    """Let a preview that still promises a count say what was decided before it came.

    Args:
        context: of who decided.
        campaign: whose preview it is.
        is_replaced: whether another preview comes in its place.

    Returns:
        The edit, which is dropped where the count was told first; none where none was promised.
    """
    shown = find_by_key(context.session, _key(campaign))
    if shown is None:
        return ()
    say = context.say
    if campaign.state is CampaignState.SCHEDULED:
        outcome = say("It was scheduled before it was counted whom it reaches.")
    elif is_replaced:
        outcome = say("It was changed: the next preview holds.")
    elif campaign.started_at is None:
        outcome = say("It was cancelled; nothing was sent.")
    else:
        outcome = say("It was sent before it was counted whom it reaches.")
    return (_edit(_key(campaign), shown, f"\n\n{outcome}", (), say),)


def _edit(key: str, shown: OutboxMessage, ending: str, buttons: ButtonRows, say: Phrases) -> Draft:
    """Put what is the case in the place of the promise; of several who do, the first counts."""
    return Draft(
        kind=MessageKind.ANSWER,
        channel=shown.channel,
        address=shown.address,
        text=Body.from_json(shown.body).text.removesuffix(_counting(say)) + ending,
        buttons=buttons,
        dedupe_key=f"{key}:counted",
        edits=key,
    )


def _key(campaign: Campaign) -> str:
    return f"preview:{campaign.id}"


def _counting(say: Phrases) -> str:
    return "\n\n" + say("Counting whom it reaches …")


def _count_text(counted: Counted, campaign: Campaign, company: Company, say: Phrases, now: datetime) -> str:
    reach = counted.reach
    if not reach.recipients:
        lines = ["", say("Nobody can be reached with this now, so there is nothing to send.")]
        if not _is_for_nobody(reach, campaign):
            lines[1] = say("Nobody would get it now. It goes to whoever can be reached when it leaves.")
        if reach.left_out:
            lines.append(left_out_text(reach.left_out, say))
        return "\n\n".join(lines)
    waits = room_lines(counted.roomless, company=company, say=say)
    if campaign.send_at is None:
        have_room = Counter(reach.places) - Counter(counted.roomless.waits)
        waits = [*quiet_lines(quiet_share(have_room, company, now), company=company, say=say), *waits]
    lines = [_reach_text(reach, say), *_language_lines(counted.languages, say), *waits]
    if counted.is_everybody:
        lines.append(say("These are all customers."))
    return "\n\n" + "\n".join(lines)


def _language_lines(languages: Mapping[tuple[str, str], int], say: Phrases) -> list[str]:
    """Say how many read which text, and who gets one in a language that is not theirs."""
    if len(languages) == 1 and all(language == text for language, text in languages):
        return []
    return [
        say("In {language}: {number}", language=own_name(text), number=number)
        if language == text
        else say.count(
            "{number} who reads {language} gets it in {text}.",
            "{number} who read {language} get it in {text}.",
            number,
            language=own_name(language),
            text=own_name(text),
        )
        for (language, text), number in languages.items()
    ]


def _reach_text(reach: Reach, say: Phrases) -> str:
    if not reach.left_out:
        return say("It reaches {recipients} of {total}.", recipients=reach.recipients, total=reach.total)
    return say(
        "It reaches {recipients} of {total}: {reasons}.",
        recipients=reach.recipients,
        total=reach.total,
        reasons=left_out_text(reach.left_out, say),
    )
