"""Words to a customer that wait for their writer's word, because the case is closed, or the alert is old.

Nothing is sent before a button is tapped. The words are kept where all that staff write is kept, so the
button needs to carry only the message's number; it is looked up, and only its writer decides. What was
decided is an answer of ours under a key of its own, so that it is decided once.
"""

from collections.abc import Sequence
from datetime import timedelta

from feedback.complaint_rules import MOVES, Move
from feedback.complaints import reference
from handlers.buttons import button
from handlers.context import StaffContext
from store.new_rows import NewMessage
from store.outbox import Button, ButtonRows, Draft
from store.tables.complaints import ENDED, Complaint
from store.tables.queues import OutboxMessage

VERB = "held"
SEND, REOPEN, CANCEL = "send", "reopen", "cancel"
OLD_AFTER = timedelta(days=14)
"""A reply to what we showed so long ago may be a slip of the finger."""


def ask_first(
    context: StaffContext, complaint: Complaint | None, above: OutboxMessage | None
) -> Sequence[Draft]:
    """Ask what shall happen with words to a customer, where that is not plain; else give nothing.

    Args:
        context: of who wrote them.
        complaint: the case that they belong to; None outside any.
        above: the message that they reply to; None where they answer a question of ours.
    """
    message = context.message
    if message is None or complaint is None:
        return ()
    say, name = context.say, reference(complaint.id)
    if complaint.state in ENDED:
        text = say("{reference} is closed, so nothing went out yet. What shall I do?", reference=name)
        return (hold(context, message, text, may_reopen=complaint.state in MOVES[Move.REOPEN]),)
    shown_at = None if above is None else above.sent_at or above.created_at
    if shown_at is not None and context.now - shown_at > OLD_AFTER:
        text = say(
            "You reply to an old message ({reference}), so nothing went out yet. What shall I do?",
            reference=name,
        )
        return (hold(context, message, text),)
    return ()


def hold(context: StaffContext, message: NewMessage, question: str, *, may_reopen: bool = False) -> Draft:
    """Ask whoever wrote a message whether it shall go out; it concerns nobody, so a reply goes nowhere."""
    return context.answer(question, buttons=_buttons(context, message.id, may_reopen=may_reopen))


def _buttons(context: StaffContext, message_id: int, *, may_reopen: bool) -> ButtonRows:
    say = context.say
    rows: list[tuple[Button, ...]] = [(button(say("Send anyway"), VERB, message_id, SEND),)]
    if may_reopen:
        rows.append((button(say("Reopen and send"), VERB, message_id, REOPEN),))
    return (*rows, (button(say("Cancel"), VERB, message_id, CANCEL),))
