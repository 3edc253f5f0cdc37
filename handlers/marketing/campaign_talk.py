"""``/campaign``: text, languages, picture, buttons, whom, when; what has a sensible answer can be skipped.

What was said so far is kept in the talk; only at its end is a campaign drafted, and nothing leaves before it
is confirmed (``handlers.marketing.campaign_preview``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from handlers.buttons import parse
from handlers.context import StaffContext
from handlers.customer.short_answers import YES, read_yes_no
from handlers.marketing import campaign_preview, campaign_target, campaign_words, stale
from handlers.marketing.campaign_asking import LATER, STEP, VERB, Data, Step, ask
from handlers.marketing.campaign_fields import is_skip
from handlers.staff import desk
from handlers.staff.draft_words import goes_on
from handlers.staff.roles import may_market
from scheduler.campaigns.queueing import find_campaign
from scheduler.definitions.template import FIRST, VARIANTS, Template
from scheduler.text_rules import variables_in_words
from store.errors import InputError, NotFoundError
from store.outbox import Draft

__all__ = ["LATER", "STEP", "VERB", "next_step", "start", "start_retiming", "start_with", "take_tap"]


def start(context: StaffContext) -> Sequence[Draft]:
    """Begin a campaign: ask for the text, or take the one behind the command."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    data: Data = {"at": "text", "variant": FIRST, "messages": {}}
    if context.incoming.argument:
        return _take(context, data, context.incoming.argument)
    if (begun := context.begun_at(STEP)) is not None:
        return _go_on(context, dict(begun.data))
    say = context.say
    question = say(
        "A new campaign. What should customers read? These become each one's own: {variables}. After a | "
        "stands what is read where it is not known, like {example}.\n"
        "/template lists texts that you kept, /cancel ends this.",
        variables=variables_in_words(say),
        example="{first_name|friend}",
    )
    return (ask(context, data, question),)


def _go_on(context: StaffContext, data: Data) -> Sequence[Draft]:
    """Ask anew the question at which a half-written campaign stands."""
    head, *others = _QUESTIONS[str(data["at"])](context, data, "")
    return (replace(head, text=f"{goes_on(STEP, context.say)}\n\n{head.text}"), *others)


def start_with(context: StaffContext, name: str, template: Template) -> Sequence[Draft]:
    """Begin a campaign with a text that was kept: only whom and when are asked."""
    written = template.model_dump(mode="json")
    data: Data = {"at": "audience", "variant": FIRST, "name": name, **written}
    return campaign_target.ask_audience(context, data)


def start_retiming(context: StaffContext, campaign_id: int) -> Sequence[Draft]:
    """Ask for another time of a campaign that waits for its time."""
    return campaign_target.ask_when(context, {"at": "retime", "campaign": campaign_id})


def next_step(context: StaffContext) -> Sequence[Draft]:
    """Take the answer to the question that is open."""
    if context.dialogue is None or not may_market(context.staff):
        return desk.plain_words(context)
    return _take(context, dict(context.dialogue.data), context.incoming.text)


def take_tap(context: StaffContext) -> Sequence[Draft]:
    """Take a tapped choice, where its question is still open."""
    match parse(context.incoming.button or "")[1]:
        case (at, choice) if (at, choice) in _CHOICES and may_market(context.staff):
            pass
        case _:
            return stale.plan_button(context)
    data = _data_at(context, at)
    return stale.plan_button(context) if data is None else _run(context, data, _CHOICES[at, choice], "")


def _data_at(context: StaffContext, at: str) -> Data | None:
    """Give what was said up to a question that is open, of a campaign that was set aside, too."""
    begun, dialogue = context.begun_at(STEP), context.dialogue
    under_way = {} if dialogue is None or dialogue.step not in {STEP, LATER} else dialogue.data
    aside = {} if begun is None else begun.data
    return next((dict(data) for data in (under_way, aside) if data.get("at") == at), None)


def _take(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Read an answer; where it is wrong, say why and ask again."""
    at = str(data.get("at"))
    step = _STEPS.get(at)
    if step is None:
        return desk.plain_words(context)
    if is_skip(text) and (at, "skip") in _CHOICES:
        step = _CHOICES[at, "skip"]
    if (at, "yes") in _CHOICES and read_yes_no(text) == YES:
        step = _CHOICES[at, "yes"]
    return _run(context, data, step, text)


def _run(context: StaffContext, data: Data, step: Step, text: str) -> Sequence[Draft]:
    try:
        return step(context, data, text)
    except InputError as error:
        return (ask(context, data, str(error)),)


def _take_name(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    try:
        campaign = find_campaign(context.session, int(data["campaign"]))
    except NotFoundError:
        context.expect_nothing()
        return stale.plan_button(context)
    return campaign_preview.keep_template(context, campaign, text)


_STEPS: Mapping[str, Step] = {
    "text": campaign_words.take_text,
    "languages": campaign_words.take_language,
    "words": campaign_words.take_words,
    "picture": campaign_words.take_picture,
    "buttons": campaign_words.take_buttons,
    "labels": campaign_words.take_labels,
    "audience": campaign_target.take_audience,
    "everybody": campaign_target.take_audience,
    "nobody": campaign_target.take_audience,
    "when": campaign_target.take_when,
    "retime": campaign_target.take_new_time,
    "name": _take_name,
}
_QUESTIONS: Mapping[str, Step] = {
    "text": campaign_words.ask_version,
    "languages": campaign_words.ask_languages,
    "words": campaign_words.ask_words,
    "picture": campaign_words.ask_picture,
    "buttons": campaign_words.ask_buttons,
    "labels": campaign_words.ask_labels_again,
    "audience": campaign_target.ask_audience,
    "everybody": campaign_target.ask_audience,
    "nobody": campaign_target.ask_audience,
    "when": campaign_target.ask_when,
}
"""What asks each question of a campaign that is being written."""

_CHOICES: Mapping[tuple[str, str], Step] = {
    ("languages", "skip"): campaign_words.ask_picture,
    ("languages", "version"): campaign_words.another_version,
    **{("words", one): partial(campaign_words.choose_version, variant=one) for one in VARIANTS},
    ("picture", "skip"): campaign_words.skip_picture,
    ("picture", "none"): campaign_words.drop_picture,
    ("buttons", "skip"): campaign_words.skip_buttons,
    ("buttons", "none"): campaign_words.drop_buttons,
    ("labels", "skip"): campaign_words.ask_labels,
    ("everybody", "yes"): campaign_target.audience_is_meant,
    ("nobody", "keep"): campaign_target.audience_is_meant,
    ("when", "now"): campaign_target.now,
    ("when", "tomorrow"): campaign_target.tomorrow,
    ("when", "best"): campaign_target.best_hour,
    ("retime", "now"): campaign_target.new_time_now,
    ("retime", "tomorrow"): campaign_target.new_time_tomorrow,
}
