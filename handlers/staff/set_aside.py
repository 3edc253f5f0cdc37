"""What is said of a half-written draft when another command comes: that it is kept, or is given up."""

from collections.abc import Callable, Sequence

from handlers.conditions import Came, what_came
from handlers.context import StaffContext
from handlers.drafts import Begun, begun_in
from handlers.staff.draft_words import given_up, kept
from store.conversations import find_dialogue
from store.outbox import Draft

Route = Callable[[StaffContext], Sequence[Draft]]


def answer_and_tell(context: StaffContext, route: Route) -> Sequence[Draft]:
    """Let an update be answered; where that puts a half-written draft aside, say what becomes of it."""
    open_step = "" if context.dialogue is None else context.dialogue.step
    answers = route(context)
    if not context.begun:
        return answers
    incoming, say = context.incoming, context.say
    under_way = find_dialogue(
        context.session, channel=incoming.channel, address=incoming.address, sender=incoming.sender.id
    )
    left = {one.step: one for one in begun_in(under_way)}
    told = [given_up(one.step, say) for one in context.begun if _is_lost(context, one, left.get(one.step))]
    if open_step in left and under_way is not None and under_way.step != open_step:
        told.append(kept(open_step, say))
    return (*(context.answer(text) for text in told), *answers)


def _is_lost(context: StaffContext, before: Begun, after: Begun | None) -> bool:
    """Tell whether a draft has gone for another: whoever ends or cancels it knows."""
    came = what_came(context)
    if came is Came.COMMAND and context.incoming.command != "cancel":
        return after is None or after.written != before.written
    return came is Came.TAP and after is not None and after.written != before.written
