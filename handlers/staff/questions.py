"""Asking staff something, so that their answer finds its way: in a group, only replies reach us."""

from handlers.conditions import in_group
from handlers.context import StaffContext
from store.outbox import Draft


def ask(context: StaffContext, question: str) -> Draft:
    """Compose a question of a talk of several steps; in a group it says how it is answered."""
    if not in_group(context):
        return context.answer(question)
    return context.answer(f"{question}\n{context.say('Reply to this message with your answer.')}")
