"""A written answer to the question that we asked last counts like a tap on its button."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.buttons import SEPARATOR, parse
from handlers.context import Context, CustomerContext
from handlers.customer import events, language, privacy, ratings, settlement, visits
from handlers.customer.short_answers import READERS, could_answer
from handlers.incoming import IncomingKind
from store.outbox import Body, Draft
from store.questions import newest_to
from store.tables.queues import OutboxMessage

OPEN_FOR = timedelta(days=1)
LOOKED_AT = 5
"""How many of our newest messages are looked through for the question."""

PATIENT = frozenset({"rate", "visit"})
"""A number of stars answers these even when the bot has said something since; a yes or no might by then
answer something else."""

FROM_PERSON = "reply:"
"""Begins the dedupe key of what staff wrote to a customer."""

ANSWERS: Mapping[str, Callable[[CustomerContext], Sequence[Draft]]] = {
    "rate": ratings.rate,
    "visit": visits.rate,
    "solved": settlement.solved,
    "rsvp": events.answer_invitation,
    "forget": privacy.forget,
    "language": language.set_language,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What we asked with buttons: the verb, and what the buttons carry."""

    verb: str
    choices: tuple[str, ...]

    def choice(self, text: str) -> str | None:
        """Find the button that says what a short text says."""
        answer = READERS[self.verb](text)
        return next((data for data in self.choices if data.rsplit(SEPARATOR, 1)[-1] == answer), None)


def is_answered(context: Context) -> bool:
    """Tell whether the message answers, in a few words, what we asked last in this chat."""
    return _choice(context) is not None


def take(context: CustomerContext) -> Sequence[Draft]:
    """Do what the button does that says the same."""
    data = _choice(context) or ""
    verb, _ = parse(data)
    return ANSWERS[verb](replace(context, incoming=replace(context.incoming, button=data)))


def _choice(context: Context) -> str | None:
    incoming = context.incoming
    if incoming.kind is not IncomingKind.MESSAGE or incoming.attachments or not could_answer(incoming.text):
        return None
    rows = newest_to(context.session, channel=incoming.channel, address=incoming.address, limit=LOOKED_AT)
    fresh = [row for row in rows if context.now - (row.sent_at or row.created_at) <= OPEN_FOR]
    question = open_question(fresh)
    return None if question is None else question.choice(incoming.text)


def open_question(newest: Sequence[OutboxMessage]) -> Question | None:
    """Find the question that is still open, in our messages to a chat, the newest first.

    What a person wrote since closes it: the answer is meant for them. So does anything else that we said
    since, but for the thanks for an earlier answer to the same question, and ``PATIENT`` ones.
    """
    since: list[OutboxMessage] = []
    for message in newest:
        question = _question(message)
        if question is not None:
            is_open = question.verb in PATIENT or all(_same_matter(message, later) for later in since)
            return question if is_open else None
        if message.dedupe_key.startswith(FROM_PERSON):
            return None
        since.append(message)
    return None


def _same_matter(asked: OutboxMessage, later: OutboxMessage) -> bool:
    return later.about is not None and later.about == asked.about and later.about.startswith("event:")


def _question(message: OutboxMessage) -> Question | None:
    buttons = [button.data for row in Body.from_json(message.body).buttons for button in row]
    verb = parse(buttons[0])[0] if buttons else ""
    return Question(verb, tuple(buttons)) if verb in ANSWERS else None
