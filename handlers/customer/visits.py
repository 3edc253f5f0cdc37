"""The answers to a return visit: marks by a tap, words as they come, one question after another.

A low mark leads to what went wrong, and so to a complaint; what is answered in words goes the ordinary road.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from customers.phrases import Phrases
from customers.speaking import contact_for_customers
from feedback.understanding import understand
from feedback.visit_ratings import record_visit_answers
from handlers.buttons import number, parse
from handlers.context import CustomerContext
from handlers.customer import complaint
from handlers.customer.consent import opt_out
from handlers.customer.welcome import stale_button
from handlers.customer.words import take_words
from handlers.matters import concerns_complaint
from handlers.staff.follow_ups import staff_say
from scheduler.audience import Addressee
from scheduler.definitions.programme import Programme, Step, StepKind
from scheduler.programmes.answers import (
    LOW_MARK,
    WORDS_WITHIN,
    note_answer,
    programme_of,
    step_after,
    visit_of,
)
from scheduler.programmes.asking import NPS, STARS, Asked, next_question, question_buttons
from scheduler.programmes.awaiting import STEP
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.feedback import FeedbackKind
from store.tables.outreach import Visit

__all__ = ["PATIENCE", "STEP", "rate", "score", "take_answer"]

MIDDLING_MARK = 3
LOW_SCORE = 6
"""Who gives no more than this would not recommend us: a detractor, as Reichheld calls it."""

PATIENCE = WORDS_WITHIN
"""For how long a customer's next words are taken as the answer."""

ITS_STARS = Step("stars", StepKind.STARS, {})
"""What a visit asked whose programme is gone."""

WHY = Step("why", StepKind.TEXT, {})
"""What is asked after a low score."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a visit of the customer's own.

    Attributes:
        visit: the visit.
        programme: its programme; None where it is gone.
        step: what was asked.
    """

    visit: Visit
    programme: Programme | None
    step: Step


def rate(context: CustomerContext) -> Sequence[Draft]:
    """Take the mark of a visit of the customer's own; a later tap replaces it."""
    found = _tapped(context, StepKind.STARS)
    if found is None:
        return stale_button(context)
    question, mark = found
    _enter(context, question, mark)
    return (_after_mark(context, question, mark),)


def score(context: CustomerContext) -> Sequence[Draft]:
    """Take a score of 0 to 10; a later tap replaces it."""
    found = _tapped(context, StepKind.NPS)
    if found is None:
        return stale_button(context)
    question, given = found
    _enter(context, question, given)
    say = context.say
    if given <= LOW_SCORE:
        context.expect(STEP, {"visit": question.visit.id, "key": WHY.key})
        text = say("Thank you for being frank. What should we do better? Just write it here.")
        return (context.answer(text),)
    return (_go_on(context, question, say("Thank you!")),)


def take_answer(context: CustomerContext) -> Sequence[Draft]:
    """Take words that were asked for: they are kept with the visit, and go the ordinary road as well."""
    words, dialogue = context.incoming.text, context.dialogue
    question = None if dialogue is None else _awaited(context, dialogue.data)
    context.expect_nothing()
    understanding = understand(words)
    if understanding.kind is FeedbackKind.OPT_OUT:
        return take_words(context, words) if understanding.also_complains else opt_out(context, words)
    if question is None or not words.strip():
        return take_words(context, words)
    note_answer(question.visit, question.step, words.strip(), now=context.now)
    drafts = take_words(
        context, words, heading=_heading(question.step, staff_say(context)), stars=question.visit.rating
    )
    message = context.message
    if not drafts or (message is not None and concerns_complaint(message.about)):
        return drafts
    return _then_ask(context, question, drafts)


def _tapped(context: CustomerContext, kind: StepKind) -> tuple[Question, int] | None:
    """Read a tap on a number; None where it is none that we could have asked for."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (visit, given) if kind is StepKind.STARS:
            place: int | None = 0
        case (visit, where, given):
            place = number(where)
        case _:
            return None
    visit_id, answer = number(visit), number(given)
    scale = STARS if kind is StepKind.STARS else NPS
    if visit_id is None or place is None or answer not in scale or given != str(answer):
        return None
    question = _question(context, visit_id, place)
    is_own = question is not None and question.step.kind is kind
    return (question, answer) if question is not None and answer is not None and is_own else None


def _question(context: CustomerContext, visit_id: int, place: int) -> Question | None:
    """Find a question of the customer's own visit; what a programme that is gone asked first is known."""
    try:
        visit = visit_of(context.session, visit_id, context.customer.id)
    except NotFoundError:
        return None
    programme = programme_of(context.session, visit, company=context.company)
    steps = (ITS_STARS,) if programme is None else programme.steps
    if place >= len(steps):
        return None
    return Question(visit, programme, steps[place])


def _awaited(context: CustomerContext, data: dict[str, object]) -> Question | None:
    """Find the question that waits for words."""
    try:
        visit = visit_of(context.session, int(str(data.get("visit"))), context.customer.id)
    except (NotFoundError, ValueError):
        return None
    programme = programme_of(context.session, visit, company=context.company)
    steps = {step.key: step for step in (() if programme is None else programme.steps)} | {WHY.key: WHY}
    step = steps.get(str(data.get("key")))
    return None if step is None else Question(visit, programme, step)


def _enter(context: CustomerContext, question: Question, answer: int) -> None:
    """Note a number with the visit, and all its numbers in the satisfaction record."""
    visit, session = question.visit, context.session
    note_answer(visit, question.step, answer, now=context.now)
    given = {key: value for key, value in visit.answers.items() if isinstance(value, int)}
    record_visit_answers(
        session,
        customer=context.customer,
        visit_id=visit.id,
        stars=[value for key, value in given.items() if key.startswith(StepKind.STARS)],
        scores=[value for key, value in given.items() if key.startswith(StepKind.NPS)],
        now=context.now,
    )


def _after_mark(context: CustomerContext, question: Question, mark: int) -> Draft:
    """Thank; after a low mark the next message tells what went wrong, after a better one no longer."""
    say, visit_id = context.say, question.visit.id
    if mark <= LOW_MARK:
        context.expect(complaint.STEP, {"visit": visit_id})
        return context.answer(
            say(
                "Thank you for being open, and I am sorry. What went wrong? Write it here, and a person will "
                "look after it."
            )
        )
    if context.dialogue is not None and context.dialogue.data.get("visit") == visit_id:
        context.expect_nothing()
    if _next(question) is not None:
        return _go_on(context, question, say("Thank you!"))
    if mark == MIDDLING_MARK:
        return context.answer(say("Thank you! What could we do better? Just write it whenever you like."))
    return context.answer(say("Thank you, that is good to hear!"))


def _next(question: Question) -> tuple[int, Step] | None:
    if question.programme is None:
        return None
    return step_after(question.programme, question.visit, question.step)


def _go_on(context: CustomerContext, question: Question, thanks: str) -> Draft:
    """Thank, and ask what comes next, if anything does."""
    asked = _next_asked(context, question)
    if asked is None:
        if context.dialogue is not None and context.dialogue.data.get("visit") == question.visit.id:
            context.expect_nothing()
        return context.answer(thanks)
    return replace(asked, text=f"{thanks} {asked.text}")


def _then_ask(context: CustomerContext, question: Question, drafts: Sequence[Draft]) -> Sequence[Draft]:
    """Let the next question stand below what was answered to the words, or behind it where it has buttons."""
    asked = _next_asked(context, question)
    if asked is None:
        return drafts
    first, *others = drafts
    if first.buttons or first.customer_id != context.customer.id:
        return (*drafts, asked)
    return replace(first, text=f"{first.text}\n\n{asked.text}", buttons=asked.buttons), *others


def _next_asked(context: CustomerContext, question: Question) -> Draft | None:
    """Compose the next question, and wait for its answer where that comes in words."""
    found, customer = _next(question), context.customer
    if found is None or question.programme is None:
        return None
    place, step = found
    to = Asked(
        Addressee(
            customer.id,
            customer.display_name,
            context.say.language,
            customer.country,
            customer.timezone,
            context.incoming.channel,
            context.incoming.address,
        ),
        contact_for_customers(context.session, customer, context.company),
        question.programme,
        context.company,
    )
    visit_id = question.visit.id
    buttons = question_buttons(step, visit_id, place)
    if not buttons:
        context.expect(STEP, {"visit": visit_id, "key": step.key})
    return context.answer(next_question(to, step), buttons=buttons)


def _heading(step: Step, say: Phrases) -> str:
    """Say to staff what words answer."""
    match step.kind:
        case StepKind.EXPECTED:
            return say("💬 What they expected")
        case StepKind.EXPERIENCED:
            return say("💬 How it was then")
        case _:
            return say("💬 Answer to a visit")
