"""What a visit says: who speaks, why, and its questions one after another, in the customer's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.audience import Addressee
from scheduler.compose import greeted, hello
from scheduler.definitions.programme import PERIODIC, Programme, Step, StepKind, Trigger
from scheduler.text_languages import find_language
from scheduler.variables import Known, Reader, fill
from store.outbox import Button, ButtonRows, Draft
from store.tables.customers import Purpose
from store.tables.queues import MessageKind

STARS = range(1, 6)
NPS = range(11)
NPS_ROW = 6
"""Buttons in the first row of eleven."""

AGAIN = ":again"
"""Ends the dedupe key of the message that asks once more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked something by a programme.

    Attributes:
        who: whom, and where.
        contact: the designated contact, as customers read their name; None for nobody.
        programme: which.
        company: who we are.
        arm: which of the programme's openings they read.
    """

    who: Addressee
    contact: str | None
    programme: Programme
    company: Company
    arm: str | None = None

    @property
    def say(self) -> Phrases:
        """The customer's language."""
        return phrases(self.who.language)

    def own_words(self, words: Mapping[str, str]) -> str:
        """Give the programme's own words as the customer reads them; "" where ours are nearer to them."""
        language = find_language(words, self.who.language, self.company.language)
        if language is None:
            return ""
        known = Known(contact=self.contact or "")
        return fill(words[language], Reader(self.who, known, self.company, language)).text


def visit_key(customer_id: int, programme: str, due_on: date) -> str:
    """Name a visit for ever: ``visit:42:key-customers:2027-03-01``; of the usual programme without its name.

    So do the keys of all visits begin that were made before there were programmes.
    """
    return (
        unnamed_key(customer_id, due_on)
        if programme == PERIODIC
        else f"visit:{customer_id}:{programme}:{due_on}"
    )


def unnamed_key(customer_id: int, due_on: date) -> str:
    """Name a visit as all were named once: two programmes that fell due on one day shared it."""
    return f"visit:{customer_id}:{due_on}"


def about_visit(visit_id: int) -> str:
    """Tell in a message's own words which visit it belongs to."""
    return f"visit:{visit_id}"


def visit_draft(
    asked: Asked, *, visit_id: int, key: str, leaves: datetime, expires: datetime, again: bool = False
) -> Draft:
    """Compose the message of a visit: its opening and its first question.

    Args:
        asked: whom, and by which programme.
        visit_id: of the visit; its buttons and what is written about it carry it.
        key: names the occasion.
        leaves, expires: when it may leave, and when it is stale.
        again: whether it was asked before, and not answered.
    """
    who, step = asked.who, asked.programme.steps[0]
    return Draft(
        kind=MessageKind.VISIT,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.VISITS,
        text=visit_text(asked, again=again),
        buttons=question_buttons(step, visit_id, 0),
        dedupe_key=key,
        about=about_visit(visit_id),
        not_before=leaves,
        expires_at=expires,
    )


def visit_text(asked: Asked, *, again: bool = False) -> str:
    """Say the opening and the first question of a visit."""
    programme, step, say = asked.programme, asked.programme.steps[0], asked.say
    opening = asked.own_words(programme.retry if again else programme.opening_of(asked.arm))
    question = asked.own_words(step.words)
    if opening:
        return f"{opening}\n{question or our_question(step.kind, say)}"
    sender = _sender(asked, say)
    greeting = greeted(say, asked.who.name, sender) if sender else hello(say, asked.who.name)
    if not question and step.kind is StepKind.STARS and not again and programme.trigger is Trigger.SILENCE:
        asks = say(
            "It has been a while, so I wanted to ask: how are things with us? "
            "Tap a number, from 1 (bad) to 5 (great). You can also just write to me."
        )
        return f"{greeting}\n{asks}"
    why = _once_more(say) if again else _why(programme.trigger, say)
    begins = say("{hello} {text}", hello=greeting, text=why)
    return f"{begins}\n{question or our_question(step.kind, say)}"


def next_question(asked: Asked, step: Step) -> str:
    """Say a question that comes after the first."""
    return asked.own_words(step.words) or our_question(step.kind, asked.say)


def question_buttons(step: Step, visit_id: int, place: int) -> ButtonRows:
    """Make the buttons of a question; what is answered in words has none.

    Args:
        step: what is asked.
        visit_id: of the visit.
        place: which of the programme's questions it is, from 0.
    """
    if step.kind is StepKind.STARS:
        named = f"visit:{visit_id}" if place == 0 else f"visit:{visit_id}:{place}"
        return (_numbers(named, STARS),)
    if step.kind is StepKind.NPS:
        named = f"nps:{visit_id}:{place}"
        return _numbers(named, NPS[:NPS_ROW]), _numbers(named, NPS[NPS_ROW:])
    return ()


def our_question(kind: StepKind, say: Phrases) -> str:
    """Ask in our own words."""
    match kind:
        case StepKind.STARS:
            return say(
                "How are things with us? Tap a number, from 1 (bad) to 5 (great). "
                "You can also just write to me."
            )
        case StepKind.NPS:
            return say(
                "How likely is it that you recommend us to a friend? "
                "Tap a number, from 0 (not at all) to 10 (surely)."
            )
        case StepKind.TEXT:
            return say("What could we do better? Just write it here.")
        case StepKind.EXPECTED:
            return say("What did you expect of us? Just write it here.")
        case StepKind.EXPERIENCED:
            return say("And how was it then? Just write it here.")


def _numbers(named: str, numbers: Sequence[int]) -> tuple[Button, ...]:
    return tuple([Button(str(one), f"{named}:{one}") for one in numbers])


def _sender(asked: Asked, say: Phrases) -> str:
    company = asked.company.name
    if not asked.company.is_named:
        return say("This is {contact}.", contact=asked.contact) if asked.contact else ""
    if asked.contact:
        return say("This is {contact} from {company}.", contact=asked.contact, company=company)
    return say("This is {company}.", company=company)


def _why(trigger: Trigger, say: Phrases) -> str:
    match trigger:
        case Trigger.SILENCE:
            return say("It has been a while, so I wanted to ask how you are getting on.")
        case Trigger.PURCHASE:
            return say("You bought something from us lately, and I would like to know how you like it.")
        case Trigger.RESOLVED:
            return say("Something went wrong a while ago. I would like to know how things are since.")


def _once_more(say: Phrases) -> str:
    return say("I do not want to press you. If you have a moment, I would still like to hear from you.")
