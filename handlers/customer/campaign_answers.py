"""A tap on a button under a campaign's message: counted, changed by another tap, and thanked for."""

from collections.abc import Sequence

from customers.phrases import Phrases
from handlers.buttons import number, parse
from handlers.context import Context, CustomerContext, StaffContext
from handlers.customer.welcome import stale_button
from handlers.staff import desk
from scheduler.campaigns.answers import answer_campaign, find_button
from scheduler.campaigns.content import in_language
from scheduler.definitions.template import TemplateButton
from store.errors import NotFoundError
from store.outbox import Draft


def answer(context: CustomerContext) -> Sequence[Draft]:
    """Take a customer's answer; only those who got the message have one."""
    named = _named(context)
    if named is None:
        return stale_button(context)
    campaign_id, place = named
    try:
        tapped, changed = answer_campaign(
            context.session, campaign_id, context.customer.id, place, now=context.now
        )
    except NotFoundError:
        return stale_button(context)
    language, company_language = context.customer.language, context.company.language
    thanks = _thanks(tapped, context.say, language, company_language)
    if changed:
        label = in_language(tapped.label, language, company_language)
        return (context.answer(f"{context.say('Changed to: {answer}', answer=label)}\n{thanks}"),)
    return (context.answer(thanks),)


def try_out(context: StaffContext) -> Sequence[Draft]:
    """Show staff what a customer would read who taps this; it is not counted."""
    named = _named(context)
    if named is None:
        return desk.stale_button(context)
    try:
        tapped = find_button(context.session, *named)
    except NotFoundError:
        return desk.stale_button(context)
    thanks = _thanks(tapped, context.say, context.say.language, context.company.language)
    return (context.answer(f"{context.say('(A test: it is not counted.)')}\n{thanks}"),)


def _named(context: Context) -> tuple[int, int] | None:
    match parse(context.incoming.button or "")[1]:
        case (written, place) if (campaign_id := number(written)) and (at := number(place)) is not None:
            return campaign_id, at
        case _:
            return None


def _thanks(tapped: TemplateButton, say: Phrases, language: str, company_language: str) -> str:
    own = in_language(tapped.thanks, language, company_language)
    return own or say("Thank you for your answer!")
