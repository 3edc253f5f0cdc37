"""The answer to a return visit: a mark from 1 to 5, and what went wrong where it is low."""

from collections.abc import Sequence

from feedback.record import record_rating
from handlers.buttons import number, parse
from handlers.context import CustomerContext
from handlers.customer import complaint
from handlers.customer.welcome import stale_button
from scheduler.return_visits import note_answer, visit_of
from store.errors import NotFoundError
from store.outbox import Draft

LOW_MARK = 2
MIDDLING_MARK = 3


def rate(context: CustomerContext) -> Sequence[Draft]:
    """Take the mark of a visit of the customer's own; a later tap replaces it."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, "1" | "2" | "3" | "4" | "5" as digit) if visit_id := number(written):
            mark = int(digit)
        case _:
            return stale_button(context)
    try:
        visit = visit_of(context.session, visit_id, context.customer.id)
    except NotFoundError:
        return stale_button(context)
    note_answer(visit, mark, now=context.now)
    record_rating(context.session, customer=context.customer, stars=mark, now=context.now, visit_id=visit_id)
    return (context.answer(_reply(context, visit_id, mark)),)


def _reply(context: CustomerContext, visit_id: int, mark: int) -> str:
    """Thank; after a low mark the next message tells what went wrong, after a better one no longer."""
    say = context.say
    if mark <= LOW_MARK:
        context.expect(complaint.STEP, {"visit": visit_id})
        return say(
            "Thank you for being open, and I am sorry. What went wrong? Write it here, and a person will "
            "look after it."
        )
    if context.dialogue is not None and context.dialogue.data.get("visit") == visit_id:
        context.expect_nothing()
    if mark == MIDDLING_MARK:
        return say("Thank you! What could we do better? Just write it whenever you like.")
    return say("Thank you, that is good to hear!")
