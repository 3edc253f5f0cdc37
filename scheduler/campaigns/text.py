"""How a campaign goes, in the words that staff read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from customers.company import Company
from customers.local_time import day_in, minute_in, moment_in
from customers.phrases import Phrases
from scheduler.audience import LeftOut
from scheduler.campaigns.content import in_language
from scheduler.campaigns.quiet_share import Quiet
from scheduler.campaigns.room_share import Roomless
from scheduler.campaigns.tally import MAY_HAVE_IT, Tally
from scheduler.campaigns.times import Timing, timing_of
from scheduler.definitions.template import TemplateButton
from scheduler.recurrence.text import how_often
from scheduler.trials.assignment import HELD_OUT
from scheduler.variables import as_nobody_reads
from store.outbox import Button, ButtonRows
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxState

VERB = "campaign"
"""What the buttons of a campaign carry first; its number and what to do follow."""


def progress_text(tally: Tally, campaign: Campaign, *, company: Company, say: Phrases) -> str:
    """Say how a campaign goes that runs, is paused, or was cancelled a moment ago."""
    lines = [headline(tally, campaign, company=company, say=say), *_counts(tally, say)]
    lines += answer_lines(tally, campaign, say)
    if held := tally.of(OutboxState.PAUSED):
        lines.append(say("Waiting: {number}", number=held))
    if tally.on_the_way:
        lines.append(say("On the way: {number}", number=tally.on_the_way))
    lines += quiet_lines(tally.quiet, company=company, say=say, own_clock=campaign.local_time)
    if campaign.state is CampaignState.RUNNING:
        lines += pace_lines(tally, campaign, company=company, say=say)
    lines += left_out_lines(tally, say)
    return "\n".join([*lines, *_advice(tally, campaign, say)])


def headline(tally: Tally, campaign: Campaign, *, company: Company, say: Phrases) -> str:
    """Say in one line what a campaign does and how far it is."""
    values = {"title": title_of(campaign), "settled": tally.settled, "total": tally.total}
    match campaign.state:
        case CampaignState.PAUSED if campaign.paused_at is not None:
            since = moment_in(campaign.paused_at, company.timezone, say)
            return say("⏸ “{title}” is paused since {since}: {settled} of {total}", since=since, **values)
        case CampaignState.SCHEDULED:
            return _waits(campaign, company, say)
        case CampaignState.CANCELLED:
            return _cancelled(tally, campaign, say)
        case CampaignState.DONE:
            return _done(tally, campaign, say)
        case _:
            return say("Sending “{title}”: {settled} of {total}", **values)


def _waits(campaign: Campaign, company: Company, say: Phrases) -> str:
    when = timing_text(timing_of(campaign), say, company=company)
    if campaign.paused_at is not None:
        return say("⏸ “{title}” is held; its times go by. {when}", title=title_of(campaign), when=when)
    return say("🗓 “{title}” waits for its time. {when}", title=title_of(campaign), when=when)


def _done(tally: Tally, campaign: Campaign, say: Phrases) -> str:
    if campaign.rule is not None:
        return say("“{title}” comes no more.", title=title_of(campaign))
    return say.count(
        "“{title}” is done: {number} message.",
        "“{title}” is done: {number} messages.",
        tally.total,
        title=title_of(campaign),
    )


def _cancelled(tally: Tally, campaign: Campaign, say: Phrases) -> str:
    """Say who got a campaign before it was cancelled: what is settled would say nothing of that."""
    if campaign.started_at is None:
        return say("⏹ “{title}” was not sent.", title=title_of(campaign))
    values = {
        "title": title_of(campaign),
        "sent": tally.of(OutboxState.SENT),
        "total": tally.total + tally.untouched,
        "rest": tally.never,
    }
    if perhaps := sum(tally.of(state) for state in MAY_HAVE_IT):
        return say(
            "⏹ Sending “{title}” was stopped: {sent} of {total} got it, {perhaps} may have; {rest} never "
            "will",
            perhaps=perhaps,
            **values,
        )
    return say("⏹ Sending “{title}” was stopped: {sent} of {total} got it; {rest} never will", **values)


def timing_text(timing: Timing, say: Phrases, *, company: Company) -> str:
    """Say when a campaign leaves."""
    if timing.send_at is None and timing.local_time:
        return say("At the hour at which each usually writes, within a day after you confirm it.")
    if timing.send_at is None:
        return say("As soon as you confirm it.")
    in_words = minute_in if timing.local_time else moment_in
    moment = in_words(timing.send_at, company.timezone, say)
    if timing.rule is None:
        if timing.local_time:
            return say("At {moment} by each customer's own clock.", moment=moment)
        return say("At {moment}.", moment=moment)
    parts = [how_often(timing.rule, say), say("Next {moment}.", moment=moment)]
    if timing.local_time:
        parts.append(say("Each by the customer's own clock."))
    if timing.last_day is None:
        parts.append(say("Until you stop it."))
    else:
        noon = datetime.combine(timing.last_day, datetime.min.time(), UTC) + timedelta(hours=12)
        parts.append(say("Until {day}.", day=day_in(noon, "UTC", say)))
    return " ".join(parts)


def quiet_lines(quiet: Quiet, *, company: Company, say: Phrases, own_clock: bool = False) -> list[str]:
    """Say how many wait, for what, and until when: for morning, the time on their own clock, or room."""
    if quiet.until is None:
        return []
    moment, number = moment_in(quiet.until, company.timezone, say), quiet.number - quiet.full
    lines = []
    if number and own_clock:
        lines.append(
            say("Waiting for the time on their clock: {number}, from {moment}", number=number, moment=moment)
        )
    elif number:
        lines.append(
            say("Waiting for morning (quiet hours): {number}, from {moment}", number=number, moment=moment)
        )
    if quiet.full:
        lines.append(say("Waiting because they got enough lately: {number}", number=quiet.full))
    return lines


def pace_lines(tally: Tally, campaign: Campaign, *, company: Company, say: Phrases) -> list[str]:
    """Say how fast a campaign goes and when it will end."""
    lines = []
    if tally.per_minute:
        lines.append(say("In the last minute: {number}", number=tally.per_minute))
    if not campaign.queued_all:
        lines.append(say("More customers are being added."))
    elif tally.ends_at is not None:
        lines.append(say("Ends about {moment}", moment=moment_in(tally.ends_at, company.timezone, say)))
    return lines


def final_text(tally: Tally, campaign: Campaign, *, company: Company, say: Phrases) -> str:
    """Say how a campaign went."""
    lines = [headline(tally, campaign, company=company, say=say), *_counts(tally, say)]
    lines += [f"  – {say(reason)}: {number}" for reason, number in tally.skipped.items()]
    lines += answer_lines(tally, campaign, say)
    if tally.untouched:
        lines.append(say("Not begun with: {number}", number=tally.untouched))
    lines += left_out_lines(tally, say)
    lines += hints(tally, campaign, say)
    return "\n".join([*lines, *_advice(tally, campaign, say)])


def counts_line(tally: Tally, say: Phrases) -> str:
    """Say in one line what became of a campaign's messages."""
    return say(", ").join(_counts(tally, say))


def left_out_lines(tally: Tally, say: Phrases) -> list[str]:
    """Say whom a campaign leaves out: together with its messages they are its audience."""
    if not any(tally.left_out.values()):
        return []
    return [say("Left out from the start: {reasons}", reasons=left_out_text(tally.left_out, say))]


def left_out_text(left_out: Mapping[str, int], say: Phrases) -> str:
    """Say who is left out and why, e.g. "10 want no such messages, 6 cannot be reached"."""
    sentences = {
        LeftOut.STOPPED: say.count(
            "{number} wants no such messages",
            "{number} want no such messages",
            left_out.get(LeftOut.STOPPED, 0),
        ),
        LeftOut.UNREACHABLE: say("{number} cannot be reached", number=left_out.get(LeftOut.UNREACHABLE, 0)),
        LeftOut.COMPLAINT: say.count(
            "{number} has an open complaint",
            "{number} have an open complaint",
            left_out.get(LeftOut.COMPLAINT, 0),
        ),
        LeftOut.PROMISE: say.count(
            "{number} was let down by a broken promise",
            "{number} were let down by a broken promise",
            left_out.get(LeftOut.PROMISE, 0),
        ),
        LeftOut.RATING: say("{number} gave a bad rating lately", number=left_out.get(LeftOut.RATING, 0)),
        LeftOut.TOO_MANY: say("{number} got enough lately", number=left_out.get(LeftOut.TOO_MANY, 0)),
        LeftOut.TOO_LATE: say.count(
            "{number} has quiet hours until it begins",
            "{number} have quiet hours until it begins",
            left_out.get(LeftOut.TOO_LATE, 0),
        ),
    }
    told = [sentence for reason, sentence in sentences.items() if left_out.get(reason)]
    if held_out := left_out.get(HELD_OUT):
        told.append(
            say.count(
                "{number} gets nothing, for comparison", "{number} get nothing, for comparison", held_out
            )
        )
    return say(", ").join(told)


def answer_lines(tally: Tally, campaign: Campaign, say: Phrases) -> list[str]:
    """Say what customers answered by the buttons so far, and of how many the picture could not be brought."""
    lines = []
    for place, row in enumerate(campaign.buttons):
        button = TemplateButton.model_validate(row)
        if button.link is None:
            label = in_language(button.label, say.language, say.language)
            lines.append(f"  ▫️ {label}: {tally.answers.get(str(place), 0)}")
    if tally.without_picture:
        lines.append(
            say("⚠️ The picture is gone: {number} got the words alone.", number=tally.without_picture)
        )
    return lines


def hints(tally: Tally, campaign: Campaign, say: Phrases) -> list[str]:
    """Say where it is told who did not get a campaign, and who answered it."""
    lines = []
    if (tally.left_out or tally.skipped) and campaign.state is not CampaignState.CANCELLED:
        lines.append(say("Who did not get it, and why: /suppressed {number}", number=campaign.id))
    if tally.answers:
        name = campaign.name or campaign.id
        lines.append(say("Who tapped a button: /segment answered campaign “{name}”", name=name))
    return lines


def title_of(campaign: Campaign) -> str:
    """Name a campaign: by its name, else by the beginning of its text, as who is not known reads it."""
    if campaign.name:
        return campaign.name
    text = as_nobody_reads(campaign.text, _language_of_title(campaign)).strip() or campaign.text.strip()
    first = text.splitlines()[0]
    return first if len(first) <= 40 else f"{first[:39]}…"  # noqa: PLR2004 - a line on a phone


def _language_of_title(campaign: Campaign) -> str | None:
    """Tell in which language the text is that names a campaign; None where nobody knows."""
    if not campaign.messages:
        return None
    texts: Mapping[str, str] = campaign.messages[min(campaign.messages)]
    return next((language for language in sorted(texts) if texts[language] == campaign.text), min(texts))


def control_buttons(campaign: Campaign, say: Phrases, *, number: int | None = None) -> ButtonRows:
    """Make the buttons that pause, resume or cancel a campaign; none where that is no longer possible.

    Args:
        campaign: which.
        say: the reader's language.
        number: what tells it from others in the same message.
    """
    if campaign.state is CampaignState.SCHEDULED:
        return _schedule_buttons(campaign, say, number)
    if campaign.state is CampaignState.RUNNING:
        first = ("pause", say("Pause"))
    elif campaign.state is CampaignState.PAUSED:
        first = ("resume", say("Resume"))
    else:
        return ()
    suffix = "" if number is None else f" {number}"
    moves = (first, ("cancel", say("Stop sending")))
    return (tuple(Button(f"{label}{suffix}", f"{VERB}:{campaign.id}:{move}") for move, label in moves),)


def room_lines(roomless: Roomless, *, company: Company, say: Phrases) -> list[str]:
    """Say how many would get a campaign only when they have room again, and from when on."""
    if roomless.until is None:
        return []
    return [
        say.count(
            "{number} got enough lately and gets it when there is room, from {moment}.",
            "{number} got enough lately and get it when there is room, from {moment}.",
            sum(roomless.waits.values()),
            moment=moment_in(roomless.until, company.timezone, say),
        )
    ]


def _schedule_buttons(campaign: Campaign, say: Phrases, number: int | None) -> ButtonRows:
    suffix = "" if number is None else f" {number}"
    hold = ("hold", say("Hold")) if campaign.paused_at is None else ("unhold", say("Let it go on"))
    moves = (hold, ("time", say("Another time")), ("stop", say("Stop")))
    return (tuple(Button(f"{label}{suffix}", f"{VERB}:{campaign.id}:{move}") for move, label in moves),)


def _counts(tally: Tally, say: Phrases) -> list[str]:
    labels = {
        OutboxState.SENT: say("Sent: {number}", number=tally.of(OutboxState.SENT)),
        OutboxState.UNREACHABLE: say("Unreachable: {number}", number=tally.of(OutboxState.UNREACHABLE)),
        OutboxState.FAILED: say("Failed: {number}", number=tally.of(OutboxState.FAILED)),
        OutboxState.UNCERTAIN: say(
            "Uncertain whether they arrived: {number}", number=tally.of(OutboxState.UNCERTAIN)
        ),
        OutboxState.SKIPPED: say("Skipped: {number}", number=tally.of(OutboxState.SKIPPED)),
    }
    return [label for state, label in labels.items() if state is OutboxState.SENT or tally.of(state)]


def _advice(tally: Tally, campaign: Campaign, say: Phrases) -> list[str]:
    if not tally.of(OutboxState.UNCERTAIN):
        return []
    return [
        say(
            "What is uncertain is not sent again by itself: ask those customers, or let whoever runs the "
            "program settle it with {command}.",
            command=f"rapport outbox uncertain --campaign {campaign.id}",
        )
    ]
