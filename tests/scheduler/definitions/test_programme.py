"""What a programme may say, and how it is told what is wrong with one."""

from dataclasses import replace
from typing import Any

import pytest

from scheduler.definitions.kept import write_definition
from scheduler.definitions.programme import (
    LONGEST_WORDS,
    Programme,
    StepKind,
    Window,
    default_programmes,
    programmes_of,
    read_programme,
    written,
)
from store.engine import Database
from store.errors import InputError
from store.tables.definitions import DefinitionKind
from tests.factories import COMPANY, NOW

FULL: dict[str, Any] = {
    "segment": "key",
    "trigger": "purchase",
    "period_days": 3,
    "window": {"weekdays": ["mon", "fri"], "from_hour": 10, "until_hour": 18, "days": 5},
    "questions": [
        {"kind": "stars"},
        {"kind": "expectation", "text": {"en": "Hopes?"}, "then": {"zh": "结果呢？"}},
        {"kind": "text"},
        {"kind": "text"},
    ],
    "opening": {"en": "Hello {first_name|friend}!"},
    "priority": 80,
}


def test_never_once_more_is_written_as_false() -> None:
    programme = read_programme("key", {"period_days": 3, "retry_after_days": False})
    assert programme.retry_after_days is None
    assert written(programme)["retry_after_days"] is False


def test_openings_are_compared_and_whoever_has_none_reads_the_first() -> None:
    programme = read_programme("key", {"period_days": 30, "openings": {"B": {"en": "b"}, "A": {"en": "a"}}})
    assert programme.variants == ("A", "B")
    assert [programme.opening_of(arm) for arm in ("A", "B", "C", None)] == [
        {"en": "a"},
        {"en": "b"},
        {"en": "a"},
        {"en": "a"},
    ]
    with pytest.raises(InputError, match="`opening` and `openings`"):
        read_programme("key", {"period_days": 30, "opening": {"en": "a"}, "openings": {"A": {"en": "a"}}})


def test_a_programme_reads_back_as_it_was_written() -> None:
    programme = read_programme("key", FULL)
    assert read_programme("key", written(programme)) == programme
    assert "holdout" not in written(programme)
    assert [step.key for step in programme.steps] == ["stars", "expected", "experienced", "text", "text2"]
    assert [step.kind for step in programme.steps][1:3] == [StepKind.EXPECTED, StepKind.EXPERIENCED]
    assert programme.window == Window(weekdays=("mon", "fri"), from_hour=10, until_hour=18, days=5)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"period_days": 0}, "period_days"),
        ({"period_days": 8}, None),
        ({"trigger": "silence", "period_days": 8}, "retry_after_days must be less than half"),
        ({"window": {"from_hour": 18, "until_hour": 10}}, "until_hour must be later"),
        ({"window": {"weekdays": []}}, "weekdays"),
        ({"window": {"weekdays": ["monday"]}}, "weekdays"),
        ({"questions": []}, "questions"),
        ({"questions": [{"kind": "stars", "then": {"en": "x"}}]}, "belongs to a question of the kind"),
        ({"questions": [{"kind": "smileys"}]}, "questions.0.kind"),
        ({"opening": {"en": "Hello {nam}"}}, "There is no variable {nam}"),
        ({"opening": {"en": "{contact} here"}}, "{contact"),
        ({"opening": {"en": "x" * (LONGEST_WORDS + 1)}}, "write it shorter"),
        ({"opening": {"English": "Hello"}}, "opening"),
        ({"holdout": 0.6}, "holdout"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_breaks_a_rule_is_named(change: dict[str, Any], told: str | None) -> None:
    if told is None:
        read_programme("key", FULL | change)
        return
    with pytest.raises(InputError) as caught:
        read_programme("key", FULL | change)
    assert str(caught.value).startswith("the programme 'key': ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "overtakes it; where it is not given it is 5, and false is never"),
        ({"retry_after_days": 5}, "overtakes it"),
    ],
)
def test_whoever_left_out_when_it_is_asked_once_more_is_told_how_much_that_is(
    given: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_programme("key", {"period_days": 8} | given)
    assert str(caught.value).endswith(told)


@pytest.mark.parametrize("name", ["", "Key", "a b", "x" * 41, "-a"])
def test_names_are_short_and_plain(name: str) -> None:
    with pytest.raises(InputError):
        read_programme(name, FULL)


@pytest.mark.parametrize("days", [1, 7, 10, 11, 90, 3650])
def test_where_none_is_defined_everybody_is_asked_after_the_days_of_the_settings(days: int) -> None:
    (programme,) = default_programmes(replace(COMPANY, visit_every_days=days))
    assert (programme.period_days, programme.segment, programme.holdout) == (days, "all", 0)


def test_those_that_run_are_found_the_first_to_ask_first(any_database: Database) -> None:
    with any_database.transaction() as session:
        assert programmes_of(session, company=COMPANY) == default_programmes(COMPANY)
        for name, priority, active in (("b", 50, True), ("a", 50, True), ("c", 90, True), ("d", 99, False)):
            body = written(Programme(name=name, period_days=30, priority=priority))
            write_definition(
                session, DefinitionKind.PROGRAMME, name, body, staff_id=None, now=NOW, active=active
            )
        assert [one.name for one in programmes_of(session, company=COMPANY)] == ["c", "a", "b"]
