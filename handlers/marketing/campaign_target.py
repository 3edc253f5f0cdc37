"""Whom a campaign is for, and when it leaves; then the preview."""

from collections.abc import Sequence

from customers.phrases import Phrases
from handlers.context import StaffContext
from handlers.drafts import REPLACES
from handlers.marketing import campaign_preview
from handlers.marketing.answers import name_audience, read_audience
from handlers.marketing.campaign_asking import Data, Step, ask
from handlers.marketing.segments import count_in_words
from handlers.marketing.when import how_to_say_when, read_timing, tomorrow_at_ten
from handlers.staff import desk
from scheduler.audience import EVERYBODY, Reach, count_reach, has_more_customers_than
from scheduler.campaigns.plans import CampaignPlan
from scheduler.campaigns.queueing import find_campaign
from scheduler.campaigns.samples import count_all
from scheduler.campaigns.text import timing_text, title_of
from scheduler.campaigns.times import BEST_HOUR, Timing, change_timing, timing_of
from scheduler.definitions.template import Template
from scheduler.segments.counting import COUNTED_AT_ONCE, estimate_segment
from scheduler.text_rules import check_text
from store.errors import InputError, NotFoundError
from store.outbox import Draft
from store.tables.customers import Purpose

LEAST_COMPARED = 100
"""Of fewer customers nobody is left out for comparison: the usual part of them, five, would tell nothing."""


def ask_audience(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask whom it is for."""
    data["at"] = "audience"
    question = context.say(
        "Who gets it? all, key, regular, a language such as zh, a saved segment or a filter; "
        "/segment explains."
    )
    return (ask(context, data, question),)


def take_audience(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take whom it is for: nobody is asked about again, everybody once more.

    What cannot be read takes back what was asked about: a tap or a "yes" under the mistake would mean the
    filter before it.
    """
    data["at"] = "audience"
    data["audience"] = read_audience(text, context)
    if has_more_customers_than(context.session, COUNTED_AT_ONCE):
        return _take_of_many(context, data)
    say, reach = context.say, _count(context, data)
    if not reach.recipients:
        return _confirm_nobody(context, data, reach)
    if reach.total == count_all(context.session, context.company.channels) > 1:
        question = say("That is everybody: {total} customers. Really all of them?", total=reach.total)
        return _confirm(context, data, question)
    return audience_is_meant(context, data)


def audience_is_meant(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Go on with whom it is for."""
    return onward(context, data, ask_when)


def _take_of_many(context: StaffContext, data: Data) -> Sequence[Draft]:
    """Take whom it is for where all are counted at the end, by a beat; here a part of them tells enough."""
    say, company, now = context.say, context.company, context.now
    data.pop("reach", None)  # of the audience before this one
    data["too_soon"] = False
    if data["audience"] == EVERYBODY:
        return _confirm(context, data, say("That is everybody. Really all customers?"))
    count = estimate_segment(context.session, data["audience"], company=company, now=now)
    if count.is_everybody:
        return _confirm(context, data, f"{count_in_words(count, say)}\n{say('Really all of them?')}")
    if count.is_nobody:
        # where a part was looked at, somebody may be in it: then it can leave now as well
        data["at"], data["too_soon"] = "nobody", count.looked_at is None
        question = f"{count_in_words(count, say)}\n{say('Who gets it?')}\n{_may_stay(say)}"
        return (ask(context, data, question),)
    return audience_is_meant(context, data)


def recount(context: StaffContext, data: Data) -> None:
    """Note whom a campaign reaches that is changed; of many a beat counts it."""
    if not has_more_customers_than(context.session, COUNTED_AT_ONCE):
        _count(context, data)


def _count(context: StaffContext, data: Data) -> Reach:
    """Count whom it reaches now, and note it."""
    company, purpose = context.company, Purpose(data.get("purpose", Purpose.OFFERS))
    reach = count_reach(
        context.session,
        data["audience"],
        purpose=purpose,
        channels=company.channels,
        company=company,
        now=context.now,
    )
    data["reach"], data["too_soon"] = [reach.recipients, reach.total], not reach.recipients
    return reach


def onward(context: StaffContext, data: Data, step: Step) -> Sequence[Draft]:
    """Take the next step; where one thing is changed, show the preview anew."""
    return show_again(context, data) if REPLACES in data else step(context, data, "")


def show_again(context: StaffContext, data: Data) -> Sequence[Draft]:
    """Show the preview anew after one thing was changed; its time stays unless nobody would get it."""
    data["at"] = "when"
    return _preview(context, data, timing_of(find_campaign(context.session, int(data[REPLACES]))))


def _confirm_nobody(context: StaffContext, data: Data, reach: Reach) -> Sequence[Draft]:
    """Ask again whom it is for; what leaves later may be for those who are in it by then."""
    say = context.say
    data["at"] = "nobody"
    if reach.total:
        question = say.count(
            "{number} is in it, but cannot be reached now. Who gets it?",
            "{number} are in it, but none of them can be reached now. Who gets it?",
            reach.total,
        )
    else:
        question = say("Nobody is in this segment now. Who gets it?")
    return (ask(context, data, f"{question}\n{_may_stay(say)}"),)


def _may_stay(say: Phrases) -> str:
    return say("If it leaves later, or again and again, it can stay: it goes to whoever is in it then.")


def _confirm(context: StaffContext, data: Data, question: str) -> Sequence[Draft]:
    """Ask once more whether everybody is meant."""
    data["at"] = "everybody"
    return (ask(context, data, f"{question}\n{context.say('Else write who gets it.')}"),)


def ask_when(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask when it leaves; says how many it reaches, where that was counted."""
    say, lines = context.say, []
    if "reach" in data:
        recipients, total = data["reach"]
        lines.append(say("It reaches {recipients} of {total}.", recipients=recipients, total=total))
    lines.append(how_to_say_when(say, is_too_soon=bool(data.get("too_soon"))))
    data = data if data.get("at") == "retime" else data | {"at": "when"}
    return (ask(context, data, "\n".join(lines)),)


def take_when(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take when it leaves, and show the preview."""
    timing = read_timing(text, context.say, company=context.company, now=context.now)
    return _preview(context, data, timing)


def _preview(context: StaffContext, data: Data, timing: Timing) -> Sequence[Draft]:
    if timing.send_at is None and "reach" in data and not data["reach"][0]:
        say = context.say
        raise InputError(say("Nobody can be reached with this now. Say a later time, or how often."))
    for texts in data["messages"].values():  # a template may hold what has become too long
        for text in texts.values():
            check_text(text, context.company, context.say, has_picture=bool(data.get("picture")))
    parts = {name: data[name] for name in ("messages", "buttons", "picture", "purpose") if data.get(name)}
    plan = CampaignPlan(
        Template.model_validate(parts),
        data["audience"],
        timing,
        holdout=holdout_of(context, data, timing),
        name=str(data.get("name", "")),
        named_in=context.company.language,
    )
    data["too_soon"] = timing.send_at is None  # refused, it asks for a later time; shown, for nothing more
    audience = name_audience(plan.audience, context.say)
    return campaign_preview.show(context, plan, audience, replaces=data.get(REPLACES))


def holdout_of(context: StaffContext, data: Data, timing: Timing) -> float:
    """Tell which part gets nothing; of a few nobody does, where it comes once: nothing could be learnt."""
    if data.get("nobody_left_out"):
        return 0.0
    are_few = data.get("reach", [LEAST_COMPARED])[0] < LEAST_COMPARED
    return 0.0 if are_few and timing.rule is None else context.company.outreach.holdout


def take_new_time(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take another time for a campaign that waits for its time."""
    say = context.say
    timing = read_timing(text, say, company=context.company, now=context.now)
    if timing == BEST_HOUR:
        raise InputError(
            say(
                "The best hour counts from a confirmation, and cannot be set later. Say a time, or how often."
            )
        )
    if timing.send_at is None:
        timing = Timing(context.now)
    return _retime(context, data, timing)


def _retime(context: StaffContext, data: Data, timing: Timing) -> Sequence[Draft]:
    say = context.say
    context.expect_nothing()
    try:
        campaign = find_campaign(context.session, int(data["campaign"]))
    except NotFoundError:
        return desk.stale_button(context)
    if not change_timing(context.session, campaign, timing):
        return (
            context.answer(say("It does not wait for its time any more. /campaigns shows how it stands.")),
        )
    text = say(
        "🗓 “{title}” has another time. {when}",
        title=title_of(campaign),
        when=timing_text(timing, say, company=context.company),
    )
    return (context.answer(text),)


def now(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Let it leave as soon as it is confirmed."""
    return _preview(context, data, Timing())


def tomorrow(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Let it leave tomorrow morning, by each customer's own clock."""
    return _preview(context, data, tomorrow_at_ten(context.company, now=context.now))


def best_hour(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Let it leave at the hour at which each usually writes."""
    return _preview(context, data, BEST_HOUR)


def new_time_now(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Let a campaign that waits leave now."""
    return _retime(context, data, Timing(context.now))


def new_time_tomorrow(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Let a campaign that waits leave tomorrow morning."""
    return _retime(context, data, tomorrow_at_ten(context.company, now=context.now))
