"""``rapport outreach results``: what is compared with those who got nothing, and what came of it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from customers.phrases import SOURCE_LANGUAGE, phrases
from handlers.marketing.results_text import results_text, trial_title
from scheduler.trials.listing import Trial, find_trial, list_trials
from scheduler.trials.results import results_of
from store.engine import Database
from store.errors import NotFoundError

EVERY = 1000
"""Trials that are listed at most."""


def results(database: Database, asked: str | None) -> Iterator[str]:
    """Print what is compared, or what came of one: by its number in that list, or by name.

    Raises:
        NotFoundError: there is none.
    """
    say = phrases(SOURCE_LANGUAGE)
    with database.reading() as session:
        trials = list_trials(session, limit=EVERY)
        if asked is None:
            yield from _list(trials)
            return
        is_place = asked.isdecimal() and 1 <= int(asked) <= len(trials)
        trial = trials[int(asked) - 1] if is_place else find_trial(session, asked)
        if trial is None:
            raise NotFoundError(f"there is no trial {asked}; `rapport outreach results` lists them")
        yield results_text(trial, results_of(session, trial.name, now=datetime.now(UTC)), say)


def _list(trials: Sequence[Trial]) -> Iterator[str]:
    say = phrases(SOURCE_LANGUAGE)
    if not trials:
        yield "Nothing is compared yet: nobody was held out, and nothing had variants."
    for place, trial in enumerate(trials, 1):
        yield f"{place:>4}  {trial_title(trial, say)}  ({trial.name})"
