"""A desk as the TOML file that ``bot.desk_file`` reads: the beginning of one's own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta

from bot.desk_rules import UNITS
from bot.toml_text import key_text, value_text
from customers.desk import WEEK, Desk, Hours
from store.tables.complaints import CaseSeverity

HEAD = """\
# How complaints are handled. RAPPORT_DESK names this file; `rapport desk check` says what is wrong with it.
# docs/desk-file.md explains every key. What is left out is as it is without a file.
"""


def as_toml(desk: Desk, *, first_response_hours: float, resolution_hours: float) -> str:
    """Write a desk.

    Args:
        desk: what to write.
        first_response_hours, resolution_hours: the company's own, shown where the desk has no target.
    """
    lines = [
        HEAD,
        *_plain(desk),
        "",
        "# When the company works, for cases that no team has; without a day it is around the clock.",
        "[hours]",
        *_hours(desk.hours),
        *_targets(desk, first_response_hours, resolution_hours),
        *_people(desk),
        *_replies(desk),
    ]
    return "\n".join(lines) + "\n"


def _plain(desk: Desk) -> Iterator[str]:
    yield "# Targets of key customers are this times as long."
    yield f"key_factor = {_number(desk.key_factor)}"
    yield "# What a case may end with."
    yield f"causes = {value_text(desk.causes)}"
    yield "# Offered as buttons where somebody promises something."
    yield f"promise_terms = {value_text([_term(term) for term in desk.promise_terms])}"
    yield "# What may be given to make good, and in which currency."
    yield f"concessions = {value_text(list(desk.concessions))}"
    yield f"currency = {value_text(desk.currency)}"
    yield "# After so many days without a word a customer is reminded, twice; then the case ends unconfirmed."
    yield f"silence_days = {_number(desk.silence_days)}"
    yield "# Within so many days a message on the same matter joins its case."
    yield f"repeat_days = {_number(desk.repeat_days)}"
    yield "# Nobody is asked how it was handled again within so many days."
    yield f"csat_every_days = {_number(desk.csat_every_days)}"
    if not desk.ladder:
        yield "# Nobody hears that a case is late."
        yield "ladder = []"
    yield "# The one name under which all staff write; without it each writes under their own."
    yield f"speaks_as = {value_text(desk.speaks_as)}" if desk.speaks_as else '# speaks_as = "The tea desk"'


def _hours(hours: Hours) -> Iterator[str]:
    if not any(hours.week):
        yield '# mon-fri = ["09:00-12:30", "13:30-18:00"]'
    for day, spans in zip(WEEK, hours.week, strict=True):
        if spans:
            yield f"{day} = {value_text([f'{begin:%H:%M}-{_end(end)}' for begin, end in spans])}"
    yield f"timezone = {value_text(hours.timezone)}" if hours.timezone else '# timezone = "Europe/London"'
    yield (
        f"country = {value_text(hours.country)}"
        if hours.country
        else '# country = "GB"  # whose holidays are free'
    )


def _targets(desk: Desk, first_h: float, resolution_h: float) -> Iterator[str]:
    yield ""
    yield "# Within how many hours of business time a case is answered, and settled."
    for severity in CaseSeverity:
        target = desk.targets.get(severity)
        if target is not None:
            yield f"[targets.{severity}]"
            yield f"first_response_hours = {_number(target.first_response_hours)}"
            yield f"resolution_hours = {_number(target.resolution_hours)}"
        elif severity is CaseSeverity.NORMAL:
            yield "# Without them RAPPORT_FIRST_RESPONSE_HOURS and RAPPORT_RESOLUTION_HOURS hold."
            yield f"# [targets.{severity}]"
            yield f"# first_response_hours = {_number(first_h)}"
            yield f"# resolution_hours = {_number(resolution_h)}"
    for step in desk.ladder:
        yield ""
        yield "[[ladder]]"
        yield f"at = {_number(step.at)}"
        yield f"tells = {value_text(step.tells)}"
        yield f"raises = {str(step.raises).lower()}"


def _people(desk: Desk) -> Iterator[str]:
    yield ""
    yield "# Up to which value each role may give without asking, in whole units of the currency."
    yield "[limits]"
    for role, limit in desk.limits.items():
        yield f"{role} = {limit}"
    for key, team in desk.teams.items():
        yield ""
        yield f"[teams.{key_text(key)}]"
        yield f"name = {value_text(team.name)}"
        yield f"languages = {value_text(team.languages)}"
        yield f"[teams.{key_text(key)}.hours]"
        yield from _hours(team.hours)


def _replies(desk: Desk) -> Iterator[str]:
    for word, reply in desk.quick_replies.items():
        yield ""
        yield f"[quick_replies.{key_text(word)}]"
        for language, text in _sorted(reply.texts):
            yield f"{key_text(language)} = {value_text(text)}"


def _sorted(texts: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    return sorted(texts.items())


def _end(clock: time) -> str:
    return "24:00" if clock == time(0) else f"{clock:%H:%M}"


def _term(term: timedelta) -> str:
    unit = next((unit for unit in ("d", "h", "m") if not term % UNITS[unit]), "m")
    return f"{term // UNITS[unit]}{unit}"


def _number(value: float) -> str:
    return f"{value:g}" if value != int(value) else str(int(value))
