"""A written answer to the question that we asked last counts like a tap on its button."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.buttons import SEPARATOR, parse
from handlers.context import Context, CustomerContext
from handlers.customer import events, language, misread, privacy, promises, ratings, settlement, visits
from handlers.customer.short_answers import LONGEST, NO, READERS, could_answer, speaks_of_coming
from handlers.customer.staying_away import names_event, stays_away
from handlers.incoming import IncomingKind
from scheduler.events.guests import places_to_give_back
from scheduler.events.messages import about_event
from store.outbox import Body, Draft, find_by_external_id
from store.questions import newest_to
from store.tables.feedback import FeedbackKind
from store.tables.queues import OutboxMessage

OPEN_FOR = timedelta(days=1)
ERASURE_OPEN_FOR = timedelta(minutes=10)
"""What cannot be undone is not left hanging for a day."""
PATIENT_FOR = timedelta(minutes=30)
LOOKED_AT = 8
"""How many of our newest messages are looked through for the question."""

EVENT = "rsvp"
"""An invitation is no question that anything else closes for who says that they come."""

PATIENT = frozenset({"rate", "visit", "nps"})
"""A number of stars answers these for a while even when the bot has said something since; a yes or no might
by then answer something else."""

FROM_PERSON = "reply:"
"""Begins the dedupe key of what staff wrote to a customer."""

ANSWERS: Mapping[str, Callable[[CustomerContext], Sequence[Draft]]] = {
    "rate": ratings.rate,
    "visit": visits.rate,
    "nps": visits.score,
    "solved": settlement.solved,
    "promised": promises.answer,
    misread.VERB: misread.decide,
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
        """Find the button that says what a short text says; longer ones are read for an event only."""
        if len(text) > LONGEST and self.verb != EVENT:
            return None
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
    if context.understand(incoming.text).kind is FeedbackKind.OPT_OUT:
        return None  # "no more messages" is no answer, whatever was asked
    question = _replied_to(context) if incoming.reply_to else _asked_last(context)
    choice = None if question is None else question.choice(incoming.text)
    return choice or (_place_given_back(context) if stays_away(incoming.text) else None)


def _place_given_back(context: Context) -> str | None:
    """Find the No of the one coming event at which somebody has a place, or waits for one.

    Words that say by themselves that they do not come need no open question, where they name an event or we
    spoke of this one within a day; but they may answer one that we asked with another step, or what a person
    wrote, and are left to these then.
    """
    if context.customer_id is None or context.dialogue is not None:
        return None
    places = places_to_give_back(context.session, context.customer_id, now=context.now)
    spoken = _replied_message(context) or _newest(context)
    if len(places) != 1 or any(_is_from_person(message) for message in spoken):
        return None
    about, spoken_of = about_event(places[0]), {message.about for message in spoken if _is_of_event(message)}
    is_meant = about in spoken_of or (not spoken_of and names_event(context.incoming.text))
    return SEPARATOR.join((EVENT, str(places[0]), NO)) if is_meant else None


def _replied_to(context: Context) -> Question | None:
    """Find the question that the message is shown under."""
    for message in _replied_message(context):
        question = _question(message)
        return question if _is_fresh(message, question, context.now) else None
    return None


def _replied_message(context: Context) -> Sequence[OutboxMessage]:
    """Give the message of ours that is replied to; none where it is no reply, or we do not know it."""
    incoming = context.incoming
    if not incoming.reply_to:
        return ()
    message = find_by_external_id(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.reply_to,
    )
    return () if message is None else (message,)


def _asked_last(context: Context) -> Question | None:
    now, newest = context.now, _newest(context)
    if context.dialogue is not None:
        return open_question(newest, patient_since=now)
    coming_since = now - OPEN_FOR if speaks_of_coming(context.incoming.text) else now
    return open_question(newest, patient_since=now - PATIENT_FOR, coming_since=coming_since)


def _newest(context: Context) -> Sequence[OutboxMessage]:
    """Give what we said last in this chat, the newest first, as far as it may still be answered."""
    incoming, now, customer_id = context.incoming, context.now, context.customer_id
    if customer_id is None:
        return ()
    rows = newest_to(
        context.session,
        customer_id=customer_id,
        channel=incoming.channel,
        address=incoming.address,
        now=now,
        limit=LOOKED_AT,
    )
    return [row for row in rows if _is_fresh(row, _question(row), now)]


def _is_fresh(message: OutboxMessage, question: Question | None, now: datetime) -> bool:
    is_erasure = question is not None and question.verb == "forget"
    return now - _shown_at(message) <= (ERASURE_OPEN_FOR if is_erasure else OPEN_FOR)


def _shown_at(message: OutboxMessage) -> datetime:
    return message.sent_at or message.created_at


def open_question(
    newest: Sequence[OutboxMessage], *, patient_since: datetime, coming_since: datetime | None = None
) -> Question | None:
    """Find the question that is still open, in our messages to a chat, the newest first.

    What a person wrote since closes it: the answer is meant for them. So does anything else that we said
    since, but for the thanks for an earlier answer to the same question, and ``PATIENT`` ones that were asked
    after ``patient_since``. Words that say by themselves that somebody comes answer an invitation that was
    shown after ``coming_since``. Of several asked at once, as in a list of events, none is meant.
    """
    since: list[OutboxMessage] = []
    for message in newest:
        question = _question(message)
        if question is not None:
            since_when = coming_since if question.verb == EVENT else patient_since
            waits = question.verb in PATIENT or question.verb == EVENT
            is_patient = waits and since_when is not None and _shown_at(message) >= since_when
            is_open = is_patient or all(_same_matter(message, later) for later in since)
            return question if is_open and not _is_one_of_several(message, newest) else None
        if _is_from_person(message):
            return None
        since.append(message)
    return None


def _is_from_person(message: OutboxMessage) -> bool:
    return message.dedupe_key.startswith(FROM_PERSON)


def _is_of_event(message: OutboxMessage) -> bool:
    return message.about is not None and message.about.startswith("event:")


def _same_matter(asked: OutboxMessage, later: OutboxMessage) -> bool:
    return later.about == asked.about and _is_of_event(later)


def _is_one_of_several(message: OutboxMessage, newest: Sequence[OutboxMessage]) -> bool:
    asked = _question(message)
    return any(
        other.created_at == message.created_at and question.verb == asked.verb
        for other in newest
        if asked is not None and other is not message and not _same_matter(message, other)
        if (question := _question(other)) is not None
    )


def _question(message: OutboxMessage) -> Question | None:
    buttons = [button.data for row in Body.from_json(message.body).buttons for button in row]
    verb = parse(buttons[0])[0] if buttons else ""
    return Question(verb, tuple(buttons)) if verb in ANSWERS else None
