"""``/campaign``: text, languages, picture, buttons, whom, when; what has a sensible answer can be skipped.

What was said so far is kept in the talk; only at its end is a campaign drafted, and nothing leaves before it
is confirmed (``handlers.marketing.campaign_preview``).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from customers.phrases import languages, listed
from handlers.buttons import button, parse
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.marketing import campaign_preview
from handlers.marketing.answers import name_audience, read_audience
from handlers.marketing.campaign_fields import add_labels, is_skip, read_buttons, read_message, read_picture
from handlers.marketing.when import read_timing, tomorrow_at_ten
from handlers.staff import desk
from handlers.staff.questions import ask
from handlers.staff.roles import may_market
from scheduler.audience import EVERYBODY, Reach, count_reach, has_more_customers_than
from scheduler.campaign_plans import CampaignPlan
from scheduler.campaign_text import timing_text, title_of
from scheduler.campaign_times import Timing, change_timing
from scheduler.campaigns import find_campaign
from scheduler.definitions.template import FIRST, VARIANTS, Template
from scheduler.text_rules import check_text, variables_in_words
from store.errors import InputError, NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.customers import Purpose

STEP = campaign_preview.STEP
VERB = "plan"
"""What the buttons under our questions carry first; the step and the choice follow."""

COUNTED_AT_ONCE = 50_000
"""Of more customers it is counted only at the end, by a beat, whom a campaign reaches."""

Data = dict[str, Any]
Step = Callable[[StaffContext, Data, str], Sequence[Draft]]


def start(context: StaffContext) -> Sequence[Draft]:
    """Begin a campaign: ask for the text, or take the one behind the command."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    data: Data = {"at": "text", "variant": FIRST, "messages": {}}
    if context.incoming.argument:
        return _take(context, data, context.incoming.argument)
    say = context.say
    question = say(
        "A new campaign. What should customers read? These become each one's own: {variables}. After a | "
        "stands what is read where it is not known, like {example}.\n"
        "/template lists texts that you kept, /cancel ends this.",
        variables=variables_in_words(say),
        example="{first_name|friend}",
    )
    return (_ask(context, data, question),)


def start_with(context: StaffContext, name: str, template: Template) -> Sequence[Draft]:
    """Begin a campaign with a text that was kept: only whom and when are asked."""
    written = template.model_dump(mode="json")
    data: Data = {"at": "audience", "variant": FIRST, "name": name, **written}
    return _ask_audience(context, data)


def start_retiming(context: StaffContext, campaign_id: int) -> Sequence[Draft]:
    """Ask for another time of a campaign that waits for its time."""
    return _ask_when(context, {"at": "retime", "campaign": campaign_id})


def next_step(context: StaffContext) -> Sequence[Draft]:
    """Take the answer to the question that is open."""
    if context.dialogue is None or not may_market(context.staff):
        return desk.plain_words(context)
    return _take(context, dict(context.dialogue.data), context.incoming.text)


def take_tap(context: StaffContext) -> Sequence[Draft]:
    """Take a tapped choice, where its question is still open."""
    dialogue = context.dialogue
    match parse(context.incoming.button or "")[1]:
        case (at, choice) if (at, choice) in _CHOICES and may_market(context.staff):
            pass
        case _:
            return desk.stale_button(context)
    if dialogue is None or dialogue.step != STEP or dialogue.data.get("at") != at:
        return desk.stale_button(context)
    return _run(context, dict(dialogue.data), _CHOICES[at, choice], "")


def _take(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Read an answer; where it is wrong, say why and ask again."""
    at = str(data.get("at"))
    step = _STEPS.get(at)
    if step is None:
        return desk.plain_words(context)
    if is_skip(text) and (at, "skip") in _CHOICES:
        step = _CHOICES[at, "skip"]
    return _run(context, data, step, text)


def _run(context: StaffContext, data: Data, step: Step, text: str) -> Sequence[Draft]:
    try:
        return step(context, data, text)
    except InputError as error:
        return (_ask(context, data, str(error), _buttons_at(context, data)),)


def _take_text(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    language, words = read_message(
        text, context.say, company=context.company, has_picture=False, default=context.company.language
    )
    data["messages"] = {**data["messages"], data["variant"]: {language: words}}
    return _ask_languages(context, data)


def _ask_languages(context: StaffContext, data: Data) -> Sequence[Draft]:
    say, texts = context.say, data["messages"][data["variant"]]
    have = listed([own_name(one) for one in texts], say)
    lines = [say("Version {variant} is there in: {languages}.", variant=data["variant"], languages=have)]
    missing = [one for one in languages() if one not in texts]
    if missing:
        lines.append(
            say(
                "In another language? Begin with its tag, like «{tag}: …». "
                "Who reads another language gets it in {language}.",
                tag=missing[0],
                language=own_name(
                    context.company.language if context.company.language in texts else min(texts)
                ),
            )
        )
    data["at"] = "languages"
    return (_ask(context, data, "\n".join(lines), _buttons_at(context, data)),)


def _take_language(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    language, words = read_message(text, context.say, company=context.company, has_picture=False)
    data["messages"][data["variant"]][language] = words
    return _ask_languages(context, data)


def _another_version(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    given = data["messages"]
    data |= {"at": "text", "variant": VARIANTS[len(given)]}
    question = context.say(
        "Version {variant}: what should customers read? "
        "Each version goes to an equal part of them, by chance.",
        variant=data["variant"],
    )
    return (_ask(context, data, question),)


def _ask_picture(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    data["at"] = "picture"
    question = context.say("A picture above it? Send it as a photo, or skip this.")
    return (_ask(context, data, question, _buttons_at(context, data)),)


def _take_picture(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    texts = [text for variant in data["messages"].values() for text in variant.values()]
    data["picture"] = read_picture(context.incoming, texts, context.say, company=context.company)
    return _ask_buttons(context, data)


def _ask_buttons(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    data["at"] = "buttons"
    question = context.say(
        "Buttons under it? One a line, up to 8. After a | stands what whoever taps it reads, or a link:\n"
        "Keep me one | Done, we will call you.\nSee the menu | https://example.com/menu"
    )
    return (_ask(context, data, question, _buttons_at(context, data)),)


def _take_buttons(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    language = _first_language(context, data)
    data["buttons"] = read_buttons(text, context.say, language=language)
    return _ask_labels(context, data)


def _ask_labels(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for the buttons in the next language that a text is in and they are not."""
    spoken = {language for texts in data["messages"].values() for language in texts}
    asked = set(data.get("labelled", [])) | {_first_language(context, data)}
    missing = sorted(spoken - asked)
    if not missing:
        return _ask_audience(context, data)
    data |= {"at": "labels", "labels": missing[0], "labelled": sorted(asked | {missing[0]})}
    question = context.say(
        "The same buttons in {language}? One a line, in the same order. Skipped, they stay as they are.",
        language=own_name(missing[0]),
    )
    return (_ask(context, data, question, _buttons_at(context, data)),)


def _take_labels(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    data["buttons"] = add_labels(data["buttons"], text, context.say, language=data["labels"])
    return _ask_labels(context, data)


def _first_language(context: StaffContext, data: Data) -> str:
    texts: Mapping[str, str] = data["messages"][min(data["messages"])]
    own = context.company.language
    return own if own in texts else min(texts)


def _ask_audience(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    data["at"] = "audience"
    question = context.say(
        "Who gets it? all, key, regular, a language such as zh, a saved segment or a filter; "
        "/segment explains."
    )
    return (_ask(context, data, question),)


def _take_audience(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take whom it is for: nobody is asked about again, everybody once more."""
    data["audience"] = read_audience(text, context)
    if has_more_customers_than(context.session, COUNTED_AT_ONCE):
        return (
            _confirm_everybody(context, data) if data["audience"] == EVERYBODY else _ask_when(context, data)
        )
    reach, everybody = _reach(context, data["audience"]), _reach(context, EVERYBODY)
    if not reach.total:
        raise InputError(context.say("Nobody is in this segment now. Who gets it?"))
    if not reach.recipients:
        raise InputError(
            context.say(
                "{total} are in it, but none of them can be reached now. Who gets it?", total=reach.total
            )
        )
    data["reach"] = [reach.recipients, reach.total]
    if reach.total == everybody.total and everybody.total > 1:
        return _confirm_everybody(context, data)
    return _ask_when(context, data)


def _reach(context: StaffContext, audience: str) -> Reach:
    company, now = context.company, context.now
    return count_reach(
        context.session, audience, purpose=Purpose.OFFERS, channels=company.channels, company=company, now=now
    )


def _confirm_everybody(context: StaffContext, data: Data) -> Sequence[Draft]:
    say = context.say
    data["at"] = "everybody"
    if "reach" in data:
        question = say("That is everybody: {total} customers. Really all of them?", total=data["reach"][1])
    else:
        question = say("That is everybody. Really all customers?")
    question = f"{question} {say('Else write who gets it.')}"
    return (_ask(context, data, question, _buttons_at(context, data)),)


def _ask_when(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    say, lines = context.say, []
    if "reach" in data:
        recipients, total = data["reach"]
        lines.append(say("It reaches {recipients} of {total}.", recipients=recipients, total=total))
    lines.append(
        say(
            "When? now · 2027-03-01 10:00 · tomorrow 10:00 · with «local» after it by each one's own clock · "
            "every Monday at 9:00 until 2027-12-31."
        )
    )
    data = data if data.get("at") == "retime" else data | {"at": "when"}
    return (_ask(context, data, "\n".join(lines), _buttons_at(context, data)),)


def _take_when(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    timing = read_timing(text, context.say, company=context.company, now=context.now)
    return _preview(context, data, timing)


def _preview(context: StaffContext, data: Data, timing: Timing) -> Sequence[Draft]:
    for texts in data["messages"].values():  # a template may hold what has become too long
        for text in texts.values():
            check_text(text, context.company, context.say, has_picture=bool(data.get("picture")))
    parts = {name: data[name] for name in ("messages", "buttons", "picture", "purpose") if data.get(name)}
    plan = CampaignPlan(
        Template.model_validate(parts),
        data["audience"],
        timing,
        holdout=context.company.outreach.holdout,
        name=str(data.get("name", "")),
    )
    return campaign_preview.show(context, plan, name_audience(plan.audience, context.say))


def _take_new_time(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    say = context.say
    timing = read_timing(text, say, company=context.company, now=context.now)
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


def _take_name(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    try:
        campaign = find_campaign(context.session, int(data["campaign"]))
    except NotFoundError:
        context.expect_nothing()
        return desk.stale_button(context)
    return campaign_preview.keep_template(context, campaign, text)


def _now(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    return _preview(context, data, Timing())


def _tomorrow(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    return _preview(context, data, tomorrow_at_ten(context.company, now=context.now))


def _new_time_now(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    return _retime(context, data, Timing(context.now))


def _new_time_tomorrow(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    return _retime(context, data, tomorrow_at_ten(context.company, now=context.now))


_STEPS: Mapping[str, Step] = {
    "text": _take_text,
    "languages": _take_language,
    "picture": _take_picture,
    "buttons": _take_buttons,
    "labels": _take_labels,
    "audience": _take_audience,
    "everybody": _take_audience,
    "when": _take_when,
    "retime": _take_new_time,
    "name": _take_name,
}
_CHOICES: Mapping[tuple[str, str], Step] = {
    ("languages", "skip"): _ask_picture,
    ("languages", "version"): _another_version,
    ("picture", "skip"): _ask_buttons,
    ("buttons", "skip"): _ask_audience,
    ("labels", "skip"): _ask_labels,
    ("everybody", "yes"): _ask_when,
    ("when", "now"): _now,
    ("when", "tomorrow"): _tomorrow,
    ("retime", "now"): _new_time_now,
    ("retime", "tomorrow"): _new_time_tomorrow,
}


def _buttons_at(context: StaffContext, data: Data) -> ButtonRows:
    """Make the buttons under the question of a step."""
    say, at = context.say, str(data["at"])
    labels = {"skip": say("Go on") if at == "languages" else say("Skip")}
    if at == "languages" and len(data["messages"]) < len(VARIANTS):
        labels["version"] = say("Another version to compare")
    labels |= {
        "yes": say("Yes, everybody"),
        "now": say("Now"),
        "tomorrow": say("Tomorrow 10:00 on their clock"),
    }
    row = tuple(
        button(label, VERB, at, choice) for choice, label in labels.items() if (at, choice) in _CHOICES
    )
    return (row,) if row else ()


def _ask(context: StaffContext, data: Data, question: str, buttons: ButtonRows = ()) -> Draft:
    return ask(context, question, step=STEP, data=data, buttons=buttons)
