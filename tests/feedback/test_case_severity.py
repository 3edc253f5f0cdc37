"""How severe a case is: the table, and that nothing makes it less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.case_severity import KEY_CUSTOMER, LATE, REPEATED, STAKES, most_severe, raised, severity_of_case
from feedback.reading.severity_signals import Severity, SeveritySignal
from feedback.understanding import understand
from store.tables.complaints import CaseSeverity
from store.tables.customers import Standing

DEGREES = tuple(CaseSeverity)


def degree(severity: CaseSeverity) -> int:
    return DEGREES.index(severity)


@pytest.mark.parametrize("severity", Severity)
def test_every_signal_weighs(severity: Severity) -> None:
    signal = SeveritySignal(severity, "words")

    stake = severity_of_case([signal], standing=Standing.REGULAR, repeated=False)

    assert stake.severity is not CaseSeverity.NORMAL
    assert stake.reasons == (str(severity),)


@pytest.mark.parametrize(
    ("words", "severity", "reasons"),
    [
        ("The tea was tepid and I did not like it", CaseSeverity.NORMAL, ()),
        ("I will never buy from you again", CaseSeverity.HIGH, ("leaving",)),
        ("You hear from my lawyer", CaseSeverity.HIGH, ("legal",)),
        ("The kettle caught fire and burnt my hand", CaseSeverity.CRITICAL, ("safety",)),
    ],
)
def test_it_starts_from_the_words(words: str, severity: CaseSeverity, reasons: tuple[str, ...]) -> None:
    stake = severity_of_case(understand(words).severity, standing=Standing.REGULAR, repeated=False)

    assert (stake.severity, stake.reasons) == (severity, reasons)


def test_who_they_are_and_that_they_said_it_before_weigh_too() -> None:
    stake = severity_of_case((), standing=Standing.KEY, repeated=True)

    assert (stake.severity, stake.reasons) == (CaseSeverity.HIGH, (REPEATED, KEY_CUSTOMER))
    assert severity_of_case((), standing=Standing.REGULAR, repeated=False).severity is CaseSeverity.NORMAL


@given(
    signals=st.lists(st.sampled_from(Severity).map(lambda severity: SeveritySignal(severity, "words"))),
    more=st.sampled_from(Severity).map(lambda severity: SeveritySignal(severity, "more")),
    standing=st.sampled_from(Standing),
    repeated=st.booleans(),
)
def test_more_reasons_never_make_it_less_severe(
    *, signals: list[SeveritySignal], more: SeveritySignal, standing: Standing, repeated: bool
) -> None:
    before = severity_of_case(signals, standing=standing, repeated=repeated)
    after = severity_of_case([*signals, more], standing=standing, repeated=repeated)

    assert degree(after.severity) >= degree(before.severity)
    assert set(before.reasons) <= set(after.reasons)
    assert list(after.reasons) == [reason for reason in map(str, STAKES) if reason in after.reasons]


@given(severity=st.sampled_from(CaseSeverity), reasons=st.sets(st.sampled_from(sorted(map(str, STAKES)))))
def test_lateness_raises_by_one_degree_up_to_the_last(severity: CaseSeverity, reasons: set[str]) -> None:
    stake = raised(severity, reasons)

    assert degree(stake.severity) == min(degree(severity) + 1, len(DEGREES) - 1)
    assert set(stake.reasons) == reasons | {LATE}


@given(one=st.sampled_from(CaseSeverity), other=st.sampled_from(CaseSeverity))
def test_the_more_severe_of_two(one: CaseSeverity, other: CaseSeverity) -> None:
    assert degree(most_severe(one, other)) == max(degree(one), degree(other))
