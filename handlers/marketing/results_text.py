"""What came of a trial, in plain words: for the chat and for the command line."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from babel.numbers import format_decimal

from customers.phrases import Phrases
from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.intervals import Interval
from scheduler.trials.listing import Trial
from scheduler.trials.members import WRITTEN_TO, TrialKind
from scheduler.trials.results import Difference, Group, Outcome, Results
from scheduler.trials.verdicts import Finding, Verdict

PER = 100
"""Shares are told of so many people."""

EXACT_BELOW = 10
"""Smaller numbers are told with one decimal."""


def trial_title(trial: Trial, say: Phrases) -> str:
    """Name a trial."""
    match trial.kind:
        case TrialKind.VISITS:
            title = say("Visits “{name}”", name=trial.title)
        case TrialKind.FESTIVAL:
            title = say("Festival “{name}”", name=trial.title)
        case TrialKind.CAMPAIGN:
            title = say("Campaign “{name}”", name=trial.title)
    return say("{title}, {round}", title=title, round=trial.round) if trial.round else title


def results_text(trial: Trial, results: Results, say: Phrases) -> str:
    """Say what came of a trial: who is in it, then each group beside another."""
    lines = [f"📊 {trial_title(trial, say)}", *(_group_line(group, say) for group in results.groups)]
    if not results.differences:
        lines.append(say("There is only one group so far, so there is nothing to compare."))
    groups = {group.arm: group for group in results.groups}
    compared = list(dict.fromkeys((one.arm, one.base) for one in results.differences))
    for arm, base in compared:
        lines += ["", say("{arm}, beside {base}:", arm=arm_name(arm, say), base=arm_name(base, say))]
        lines += _lines(
            groups, [one for one in results.differences if (one.arm, one.base) == (arm, base)], say
        )
    return "\n".join(lines)


def arm_name(arm: str, say: Phrases) -> str:
    """Name a group."""
    if arm == HELD_OUT:
        return say("held out")
    return say("written to") if arm == WRITTEN_TO else say("variant {name}", name=arm)


def _group_line(group: Group, say: Phrases) -> str:
    if group.watched == group.people:
        return say("• {arm}: {people}", arm=arm_name(group.arm, say), people=group.people)
    return say(
        "• {arm}: {people}; of {watched} the 30 days are over",
        arm=arm_name(group.arm, say),
        people=group.people,
        watched=group.watched,
    )


def _lines(groups: Mapping[str, Group], differences: Sequence[Difference], say: Phrases) -> Iterator[str]:
    for one in differences:
        finding, values = _said(one, say), _values(one, groups, say)
        yield say("– {finding} ({values})", finding=finding, values=values) if values else f"– {finding}"


def _said(one: Difference, say: Phrases) -> str:
    finding, interval = one.finding, one.finding.interval
    if interval is None or finding.verdict is Verdict.TOO_EARLY:
        return say(
            "{outcome}: too early to tell, it takes about {missing} more people",
            outcome=_outcome(one.outcome, say),
            missing=_decimal(finding.missing, say),
        )
    if finding.verdict is Verdict.ALIKE:
        most = max(abs(interval.low), abs(interval.high)) * _unit(one.outcome)
        return say(
            "{outcome}: alike, {most} of 100 apart at most",
            outcome=_outcome(one.outcome, say),
            most=_decimal(most, say),
        )
    return _DIFFERENT[one.outcome](finding, _numbers(interval, _unit(one.outcome), say), say)


def _answered(finding: Finding, numbers: Mapping[str, str], say: Phrases) -> str:
    if finding.verdict is Verdict.MORE:
        return say("{number} of 100 more answered within 7 days: between {low} and {high}", **numbers)
    return say("{number} of 100 fewer answered within 7 days: between {low} and {high}", **numbers)


def _returned(finding: Finding, numbers: Mapping[str, str], say: Phrases) -> str:
    if finding.verdict is Verdict.MORE:
        return say("{number} of 100 more came back within 30 days: between {low} and {high}", **numbers)
    return say("{number} of 100 fewer came back within 30 days: between {low} and {high}", **numbers)


def _complained(finding: Finding, numbers: Mapping[str, str], say: Phrases) -> str:
    if finding.verdict is Verdict.MORE:
        return say("{number} of 100 more complained within 30 days: between {low} and {high}", **numbers)
    return say("{number} of 100 fewer complained within 30 days: between {low} and {high}", **numbers)


def _satisfaction(finding: Finding, numbers: Mapping[str, str], say: Phrases) -> str:
    if finding.verdict is Verdict.MORE:
        return say("satisfaction is {number} points of 100 higher: between {low} and {high}", **numbers)
    return say("satisfaction is {number} points of 100 lower: between {low} and {high}", **numbers)


_DIFFERENT: Mapping[Outcome, Callable[[Finding, Mapping[str, str], Phrases], str]] = {
    Outcome.ANSWERED: _answered,
    Outcome.RETURNED: _returned,
    Outcome.COMPLAINED: _complained,
    Outcome.SATISFACTION: _satisfaction,
}


def _outcome(outcome: Outcome, say: Phrases) -> str:
    names = {
        Outcome.ANSWERED: say("answered within 7 days"),
        Outcome.RETURNED: say("came back within 30 days"),
        Outcome.COMPLAINED: say("complained within 30 days"),
        Outcome.SATISFACTION: say("satisfaction"),
    }
    return names[outcome]


def _values(one: Difference, groups: Mapping[str, Group], say: Phrases) -> str:
    """Say what the two groups did themselves; "" where nobody's time is over."""
    arm, base = groups[one.arm], groups[one.base]
    if one.outcome is Outcome.SATISFACTION:
        if not (arm.satisfaction.number and base.satisfaction.number):
            return ""
        numbers = arm.satisfaction.mean, base.satisfaction.mean
    else:
        shares = arm.shares[one.outcome], base.shares[one.outcome]
        if not (shares[0].of and shares[1].of):
            return ""
        numbers = shares[0].value * PER, shares[1].value * PER
    return say("{number} beside {other}", number=_decimal(numbers[0], say), other=_decimal(numbers[1], say))


def _unit(outcome: Outcome) -> float:
    return 1.0 if outcome is Outcome.SATISFACTION else PER


def _numbers(interval: Interval, unit: float, say: Phrases) -> Mapping[str, str]:
    """Give the numbers of a difference without their sign, the smaller bound first."""
    low, high = sorted((abs(interval.low), abs(interval.high)))
    numbers = {"number": abs(interval.difference), "low": low, "high": high}
    return {name: _decimal(number * unit, say) for name, number in numbers.items()}


def _decimal(number: float, say: Phrases) -> str:
    pattern = "#,##0.#" if abs(number) < EXACT_BELOW else "#,##0"
    return format_decimal(number, format=pattern, locale=say.language)
