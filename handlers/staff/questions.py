"""Asking staff something, so that their answer finds its way: in a group, only replies to the question do."""

from collections.abc import Mapping
from typing import Any

from handlers.conditions import ASKED, in_group
from handlers.context import StaffContext
from handlers.drafts import without_aside
from store.outbox import ButtonRows, Draft


def ask(
    context: StaffContext,
    question: str,
    *,
    step: str,
    data: Mapping[str, Any] | None = None,
    buttons: ButtonRows = (),
) -> Draft:
    """Ask a question of a talk of several steps; in a group it says how it is answered.

    It concerns nobody, else a reply to it would go to a customer.

    Args:
        context: of who is asked.
        question: what they read.
        step: that their answer takes.
        data: what the step needs to know. Where the same is asked again, the question before counts, too.
        buttons: under the question.
    """
    incoming = context.incoming
    key = f"question:{incoming.channel}:{incoming.update_id}"
    known = _without_questions(data or {})
    context.expect(step, {**known, ASKED: [*_asked_before(context, step, known), key]})
    if in_group(context):
        question = f"{question}\n{context.say('Reply to this message with your answer.')}"
    return context.answer(question, buttons=buttons, dedupe_key=key)


def ask_again(context: StaffContext, text: str) -> Draft:
    """Say why an answer is none; the question stays open."""
    dialogue = context.dialogue
    if dialogue is None:
        return context.answer(text)
    return ask(context, text, step=dialogue.step, data=dialogue.data)


def is_answer(context: StaffContext, step: str) -> bool:
    """Tell whether words answer the question of a step; a command says all that it needs by itself."""
    dialogue = context.dialogue
    return context.incoming.command is None and dialogue is not None and dialogue.step == step


def say_wrong(context: StaffContext, text: str, *, step: str) -> Draft:
    """Say what is wrong with a command, or with the answer to a step's question, which stays open then."""
    return ask_again(context, text) if is_answer(context, step) else context.answer(text)


def end(context: StaffContext, *, step: str) -> None:
    """End the talk whose question was answered; another one goes on after a command."""
    if is_answer(context, step):
        context.expect_nothing()


def _asked_before(context: StaffContext, step: str, data: Mapping[str, Any]) -> list[str]:
    """Give the questions by which the same was asked before."""
    dialogue = context.dialogue
    if dialogue is None or dialogue.step != step or _without_questions(dialogue.data) != data:
        return []
    return list(dialogue.data.get(ASKED, ()))


def _without_questions(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in without_aside(data).items() if name != ASKED}
