"""The words of a greeting: the company's own by variant and language, or ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import SOURCE_LANGUAGE, Phrases, phrases
from customers.speaking import company_name
from scheduler.audience import Addressee
from scheduler.compose import greeted
from scheduler.definitions.festival import ANNIVERSARY, BIRTHDAY, FestivalPlan
from scheduler.festivals.known import BY_KEY
from scheduler.text_languages import choose_language
from scheduler.variables import NOTHING_KNOWN, Known, Reader, fill, know, needs_look_up
from store.outbox import Draft
from store.tables.customers import Purpose
from store.tables.queues import MessageKind


def greeting_draft(
    who: Addressee,
    way: FestivalPlan,
    variant: str,
    *,
    company: Company,
    key: str,
    window: tuple[datetime, datetime],
    known: Known = NOTHING_KNOWN,
) -> Draft:
    """Compose a greeting.

    Args:
        who: to whom.
        way: the plan by which they are greeted.
        variant: which of its variants.
        company: who we are.
        key: names the occasion for ever.
        window: from when until when it may leave.
        known: what its words may say of them beside their name.
    """
    leaves, expires = window
    return Draft(
        kind=MessageKind.GREETING,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.GREETINGS,
        text=greeting_text(who, way, variant, company=company, known=known),
        dedupe_key=key,
        not_before=leaves,
        expires_at=expires,
    )


def greeting_text(
    who: Addressee, way: FestivalPlan, variant: str, *, company: Company, known: Known = NOTHING_KNOWN
) -> str:
    """Say what a customer reads: the plan's words in the language that is chosen for them, else ours."""
    texts = way.messages.get(variant)
    if texts:
        language = choose_language(texts, who.language, company.language)
        return fill(texts[language], Reader(who, known, company, language)).text
    say = phrases(who.language)
    wishes = say("Warm wishes from all of us at {company}.", company=company_name(company, say))
    return greeted(say, who.name, f"{_usual(way.festival, say)}\n{wishes}")


def known_of(
    session: Session, people: Sequence[Addressee], way: FestivalPlan, *, company: Company, now: datetime
) -> Mapping[int, Known]:
    """Look up what a plan's words say of customers; nothing where they say nothing of the kind."""
    texts = [text for by_language in way.messages.values() for text in by_language.values()]
    if not needs_look_up(texts):
        return {}
    return know(session, [who.customer_id for who in people], company=company, now=now)


def festival_name(
    festival: str,
    say: Phrases,
    title: Mapping[str, str] | None = None,
    *,
    company_language: str = SOURCE_LANGUAGE,
) -> str:
    """Say what a festival is called.

    Args:
        festival: its key.
        say: the language of whoever reads it.
        title: what the company calls a day of its own, by language.
        company_language: in which it is called so where there is no title in theirs.
    """
    if festival == BIRTHDAY:
        return say("Birthday")
    if festival == ANNIVERSARY:
        return say("Day on which the customer came to us")
    if title:
        return title[choose_language(title, say.language, company_language)]
    known = BY_KEY.get(festival)
    return festival.replace("_", " ").replace("-", " ") if known is None else say(known.title)


def _usual(festival: str, say: Phrases) -> str:
    if festival == BIRTHDAY:
        return say("Happy birthday! We wish you a wonderful day.")
    if festival == ANNIVERSARY:
        return say("It is another year today since we met. Thank you for being with us!")
    return say(BY_KEY[festival].greeting)
