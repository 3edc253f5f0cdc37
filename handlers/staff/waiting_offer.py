"""Under the note that words went out: whether we wait for the answer to them."""

import re

from customers.phrases import Phrases
from handlers.buttons import button
from store.outbox import ButtonRows
from store.tables.complaints import Complaint, ComplaintState

_ASKS = re.compile(r"(?:[?？؟]|[吗呢])[\W_]*$")
"""How words end that ask something, whatever marks, brackets and emoji stand behind it."""


def asks_something(words: str) -> bool:
    """Tell whether words to a customer end with a question, so that we wait for the answer."""
    return _ASKS.search(words) is not None


def offer(complaint: Complaint, words: str, say: Phrases) -> ButtonRows:
    """Offer to wait for the customer, under the note that words went out, where they end with a question."""
    waits = (ComplaintState.OPEN, ComplaintState.CLAIMED)
    if complaint.state not in waits or not asks_something(words):
        return ()
    return ((button(say("Wait for their answer"), "wait", complaint.id),),)
