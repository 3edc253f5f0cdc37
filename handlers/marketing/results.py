"""``/results``: what is compared with those who got nothing, and what came of it.

Looking at a million people takes seconds, for which nobody else should have to wait: of a great trial it is
promised, and told by a beat that looks in a view of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from customers.company import Company
from customers.phrases import Phrases, phrases
from handlers.context import StaffContext
from handlers.marketing.results_text import results_text, trial_title
from handlers.staff import desk
from handlers.staff.roles import may_market
from scheduler.trials.listing import Trial, find_trial, has_more_people_than, list_trials
from scheduler.trials.results import results_of
from store.errors import NotFoundError
from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind, OutboxMessage

COUNTED_AT_ONCE = 20_000
"""People in a trial that is looked at at once: some 100 ms on a small machine."""

PROMISED_FOR = timedelta(hours=1)
"""For how long somebody waits for what was promised."""

ABOUT = "results"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a trial that somebody asked for, to be put into the message with this key."""

    key: str
    channel: str
    address: str
    text: str


def show(context: StaffContext) -> Sequence[Draft]:
    """List what is compared, or say what came of one: by its number in the list, or by name."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    trials, asked = list_trials(context.session), context.incoming.argument.strip()
    if not asked:
        return (context.answer(_list(trials, context.say)),)
    if asked.isdecimal() and 1 <= int(asked) <= len(trials):
        return (_results(context, trials[int(asked) - 1]),)
    trial = find_trial(context.session, asked)
    if trial is not None:
        return (_results(context, trial),)
    return (context.answer(context.say("There is no such number. /results shows them all.")),)


def _list(trials: Sequence[Trial], say: Phrases) -> str:
    if not trials:
        return say(
            "Nothing is compared yet. Programmes, greetings and campaigns that hold some customers out, "
            "or have variants, stand here."
        )
    lines = [f"{place}. {trial_title(trial, say)}" for place, trial in enumerate(trials, 1)]
    return "\n".join([*lines, "", say("/results 1 says what came of the first, and so on.")])


def _results(context: StaffContext, trial: Trial) -> Draft:
    say = context.say
    if not has_more_people_than(context.session, trial, COUNTED_AT_ONCE):
        results = results_of(context.session, trial.name, now=context.now)
        return context.answer(results_text(trial, results, say))
    incoming = context.incoming
    text = f"{trial_title(trial, say)}\n{say('Looking what came of it …')}"
    key = f"{ABOUT}:{incoming.channel}:{incoming.update_id}|{trial.name}"
    return context.answer(text, about=ABOUT, dedupe_key=key)


def see_results(session: Session, *, company: Company, now: datetime) -> Sequence[Found]:
    """Look what came of trials that it was promised of; only reads."""
    told = aliased(OutboxMessage)
    promised = session.execute(
        select(OutboxMessage.dedupe_key, OutboxMessage.channel, OutboxMessage.address)
        .where(
            OutboxMessage.about == ABOUT,
            OutboxMessage.edits.is_(None),
            OutboxMessage.created_at > now - PROMISED_FOR,
            ~exists().where(told.edits == OutboxMessage.dedupe_key),
        )
        .order_by(OutboxMessage.id)
    )
    say = phrases(company.language)
    return [Found(*row, _found_text(session, row[0].split("|", 1)[1], now, say)) for row in promised]


def _found_text(session: Session, name: str, now: datetime, say: Phrases) -> str:
    trial = find_trial(session, name)
    try:
        if trial is not None:
            return results_text(trial, results_of(session, name, now=now), say)
    except NotFoundError:
        pass  # all who took part were erased since
    return say("Nobody who took part is known any more.")


def tell_results(session: Session, found: Sequence[Found], *, now: datetime) -> int:
    """Put what came of trials into the messages that promised it; does not commit.

    Returns:
        How many messages were queued.
    """
    drafts = [
        Draft(
            kind=MessageKind.ANSWER,
            channel=one.channel,
            address=one.address,
            text=one.text,
            dedupe_key=f"{one.key}:told",
            edits=one.key,
        )
        for one in found
    ]
    return enqueue(session, drafts, now=now)
