"""The end of ``/campaign``: what it will be, as three customers will read it, and what can be done."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from customers.company import Chat, Company
from customers.phrases import Phrases, listed
from handlers.buttons import button, number, parse
from handlers.conditions import in_group
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.marketing import confirmation, stale
from handlers.marketing.campaign_asking import CHANGE, STEP, ask
from handlers.marketing.previews import close_preview, preview_of
from handlers.staff.roles import may_market
from scheduler.audience import Addressee
from scheduler.campaigns.content import content_of, in_language, template_of, words_for
from scheduler.campaigns.plans import CampaignPlan, draft_plan
from scheduler.campaigns.queueing import drop_draft, find_campaign
from scheduler.campaigns.text import timing_text
from scheduler.definitions.kept import find_by_any_case, write_definition
from scheduler.text_languages import choose_language
from store.errors import InputError, NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.definitions import DefinitionKind
from store.tables.outreach import Campaign, CampaignState

VERB = "launch"
"""What the buttons under a preview carry first; the campaign's number and what to do follow."""

NAME = re.compile(r"[^\W_][\w-]{0,39}")
"""What a template may be called: one word in any script."""


def show(
    context: StaffContext, plan: CampaignPlan, audience: str, *, replaces: int | None = None
) -> Sequence[Draft]:
    """Draft a campaign and show what it will be; nothing leaves before it is confirmed.

    Args:
        context: of the marketer.
        plan: what it shall be.
        audience: whom it is for, in words.
        replaces: the number of the draft in whose place it comes, which is then good for nothing more.

    Raises:
        InputError: nobody would get it now; it says why, and asks for another time.
    """
    before = None if replaces is None else find_campaign(context.session, replaces)
    if before is not None and before.state is not CampaignState.DRAFT:
        context.expect_nothing(STEP)
        return confirmation.already(context, before)
    campaign = draft_plan(
        context.session, plan, staff_id=context.staff.id, chat=context.chat, now=context.now
    )
    shown = preview_of(context, campaign, _facts(context, plan, audience), _buttons(context, campaign))
    if campaign.state is CampaignState.CANCELLED:
        raise InputError(f"{shown[-1].text}\n\n{context.say('Say a later time, or how often.')}")
    context.expect_nothing(STEP)
    if before is None:
        return shown
    if not drop_draft(context.session, before):  # somebody sent or dropped it meanwhile
        drop_draft(context.session, campaign)
        return confirmation.already(context, before)
    return (*close_preview(context, before, is_replaced=True), *shown)


def decide(context: StaffContext) -> Sequence[Draft]:
    """Do what is tapped under a preview: send, test, keep, let everybody get it, cancel."""
    match parse(context.incoming.button or "")[1]:
        case (written, "send" | "cancel") if number(written):
            return confirmation.take_decision(context, of_events=False)
        case (written, move) if (campaign_id := number(written)) and move in _MOVES:
            pass
        case _:
            return stale.plan_button(context)
    try:
        campaign = find_campaign(context.session, campaign_id)
    except NotFoundError:
        return stale.plan_button(context)
    if not may_market(context.staff) or campaign.event_id is not None:
        return stale.plan_button(context)
    return _MOVES[move](context, campaign)


def keep_template(context: StaffContext, campaign: Campaign, name: str) -> Sequence[Draft]:
    """Keep what a campaign says under a name, in place of what stood there.

    Raises:
        InputError: the name is none.
    """
    say, name = context.say, name.strip()
    if not NAME.fullmatch(name):
        raise InputError(say("A name is one word of at most 40 letters, digits, - and _."))
    before = find_by_any_case(context.session, DefinitionKind.TEMPLATE, name)
    name = name if before is None else before.name
    write_definition(
        context.session,
        DefinitionKind.TEMPLATE,
        name,
        template_of(campaign).to_json(),
        staff_id=context.staff.id,
        now=context.now,
    )
    context.expect_nothing()
    return (context.answer(say("Kept as {name}. /template {name} begins a campaign with it.", name=name)),)


def _facts(context: StaffContext, plan: CampaignPlan, audience: str) -> str:
    say, company = context.say, context.company
    lines = [
        say("This is the campaign:"),
        say("For: {audience}.", audience=audience),
        say("🗓 {when}", when=timing_text(plan.timing, say, company=company)),
    ]
    if plan.template.picture is not None:
        lines.append(say("With a picture."))
    if plan.template.buttons:
        labels = [in_language(one.label, say.language, company.language) for one in plan.template.buttons]
        lines.append(say("Buttons: {labels}.", labels=listed(labels, say)))
    variants = plan.template.variants
    if len(variants) > 1:
        lines.append(say("Versions in equal parts, by chance: {variants}.", variants=listed(variants, say)))
        lines += _lacking(plan.template.messages, company, say)
    if plan.holdout:
        lines.append(
            say(
                "{share} % of them, drawn by chance, get nothing, so that /results can tell what it does.",
                share=f"{plan.holdout * 100:g}",
            )
        )
    return "\n".join(lines)


def _lacking(messages: Mapping[str, Mapping[str, str]], company: Company, say: Phrases) -> list[str]:
    """Say which version is not in a language that another is in, and what is read instead."""
    languages = sorted({language for texts in messages.values() for language in texts})
    return [
        say(
            "Version {variant} is not in {language}: whoever gets it reads it in {instead}.",
            variant=variant,
            language=own_name(language),
            instead=own_name(choose_language(texts, language, company.language)),
        )
        for variant, texts in sorted(messages.items())
        for language in languages
        if language not in texts
    ]


def _buttons(context: StaffContext, campaign: Campaign) -> ButtonRows:
    say = context.say
    send = say("Send now") if campaign.send_at is None else say("Schedule")
    rows = [[("send", send), ("test", say("Test to me"))], [("keep", say("Keep as template"))]]
    if campaign.holdout:
        rows[1].append(("everyone", say("Leave nobody out")))
    rows.append([("cancel", say("Cancel"))])
    made = [tuple(button(label, VERB, campaign.id, move) for move, label in row) for row in rows]
    made[-1] = (button(say("Change …"), CHANGE, campaign.id), *made[-1])
    return tuple(made)


def _test(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    """Send the marketer, alone, what customers will get; what they tap under it is not counted."""
    content, chat = content_of(campaign), _own_chat(context)
    drafts = []
    for variant in content.variants:
        for language in sorted(content.messages[variant]):
            if len(content.variants) > 1:
                drafts.append(context.answer(_version(variant, language, context.say)))
            who = Addressee(0, context.staff.name, language, None, None, chat.channel, chat.address)
            words = words_for(content, variant, who, campaign_id=campaign.id, company=context.company)
            answer = context.answer(words.text, buttons=words.buttons)
            drafts.append(replace(answer, attachments=words.attachments))
    drafts = [replace(draft, channel=chat.channel, address=chat.address) for draft in drafts]
    if chat == context.chat:
        return drafts
    told = context.say(
        "The test is in your own chat with me. If nothing comes there, open it, tap Start, and test again."
    )
    return [*drafts, context.answer(told)]


def _version(variant: str, language: str, say: Phrases) -> str:
    """Say which version comes next; beside the test and not in it, which looks as customers get it."""
    return say("Version {variant} ({language}):", variant=variant, language=own_name(language))


def _own_chat(context: StaffContext) -> Chat:
    """Tell where we talk with a member of staff alone: on Telegram a chat is numbered as its person."""
    incoming = context.incoming
    return Chat(incoming.channel, incoming.sender.id) if in_group(context) else context.chat


def _keep(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    question = context.say("Under which name shall it be kept? One word, like spring-tea.")
    return (ask(context, {"at": "name", "campaign": campaign.id}, question),)


def _everyone(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    if campaign.state is not CampaignState.DRAFT:
        return confirmation.already(context, campaign)
    campaign.holdout = 0.0
    text = context.say("Everybody who can be reached gets it; what it does cannot be told from comparison.")
    return (context.answer(text, buttons=_buttons(context, campaign)),)


_MOVES: Mapping[str, Callable[[StaffContext, Campaign], Sequence[Draft]]] = {
    "test": _test,
    "keep": _keep,
    "everyone": _everyone,
}
