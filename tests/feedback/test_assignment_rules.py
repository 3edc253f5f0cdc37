"""Who is accountable for a case, whatever the staff are up to."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from feedback.assignment_rules import Colleague, Wanted, choose, may_have, standing_in
from store.tables.staff import Role


def _staff(*colleagues: Colleague) -> Mapping[int, Colleague]:
    return {one.id: one for one in colleagues}


def test_the_designated_contact_comes_first() -> None:
    staff = _staff(Colleague(1, Role.AGENT), Colleague(2, Role.LEAD, load=100.0))
    assert choose(staff, Wanted([2])) == 2


def test_whoever_covers_the_contact_stands_in_and_so_on() -> None:
    staff = _staff(
        Colleague(1, Role.AGENT),
        Colleague(2, Role.AGENT, on_duty=False, cover_id=3),
        Colleague(3, Role.AGENT, on_duty=False, cover_id=4),
        Colleague(4, Role.AGENT, load=9.0),
    )
    assert choose(staff, Wanted([2])) == 4


def test_people_who_cover_each_other_end_the_search() -> None:
    staff = _staff(
        Colleague(1, Role.AGENT, on_duty=False, cover_id=2),
        Colleague(2, Role.AGENT, on_duty=False, cover_id=1),
        Colleague(3, Role.AGENT),
    )
    assert standing_in(staff, 1) is None
    assert choose(staff, Wanted([1])) == 3


def test_the_least_loaded_agent_gets_it_and_of_equals_the_first() -> None:
    staff = _staff(*(Colleague(number, Role.AGENT, load=load) for number, load in ((1, 5), (2, 1), (3, 1))))
    assert choose(staff, Wanted()) == 2


def test_who_knows_the_language_is_at_work_and_knows_the_matter_comes_before_who_has_little_to_do() -> None:
    chinese, english = frozenset({"zh"}), frozenset({"en"})
    staff = _staff(
        Colleague(1, Role.AGENT, languages=english),
        Colleague(2, Role.AGENT, languages=chinese, load=50, skills=frozenset({"billing"})),
        Colleague(3, Role.AGENT, languages=chinese, load=60),
        Colleague(4, Role.AGENT, languages=chinese, load=5, at_work=False),
    )
    assert choose(staff, Wanted(language="zh")) == 2
    assert choose(staff, Wanted(language="zh", skills=frozenset({"billing"}))) == 2
    assert choose(staff, Wanted(language="zh", skills=frozenset({"delivery"}))) == 3


def test_marketers_get_cases_only_where_nobody_else_is_on_duty() -> None:
    marketer = Colleague(1, Role.MARKETER)
    assert choose(_staff(marketer, Colleague(2, Role.ADMIN, load=99)), Wanted()) == 2
    assert choose(_staff(marketer, Colleague(2, Role.ADMIN, on_duty=False)), Wanted()) == 1


def test_at_night_who_is_in_charge_answers_for_it() -> None:
    agent = Colleague(1, Role.AGENT, on_duty=False)
    lead = Colleague(2, Role.LEAD, on_duty=False, load=9)
    assert choose(_staff(agent, lead), Wanted([1])) == 2
    assert choose(_staff(agent), Wanted()) == 1
    assert choose({}, Wanted()) is None


def test_who_has_not_joined_gets_nothing_while_anybody_has() -> None:
    new = Colleague(1, Role.AGENT, reachable=False)
    staff = _staff(new, Colleague(2, Role.AGENT, on_duty=False), Colleague(3, Role.AGENT, load=99))
    assert choose(staff, Wanted([1])) == 3
    assert choose(_staff(new, Colleague(2, Role.AGENT, on_duty=False)), Wanted([1])) == 2
    assert choose(_staff(new, Colleague(2, Role.AGENT)), Wanted(), not_to=[2]) is None
    assert may_have(staff, taken=True) == {2, 3}
    assert may_have(_staff(new), taken=False) == {1}
    assert choose(_staff(new), Wanted()) == 1


colleagues = st.builds(
    Colleague,
    id=st.just(0),
    role=st.sampled_from(Role),
    on_duty=st.booleans(),
    away=st.booleans(),
    cover_id=st.none() | st.integers(1, 6),
    at_work=st.booleans(),
    languages=st.frozensets(st.sampled_from(["en", "zh"])),
    skills=st.frozensets(st.sampled_from(["billing", "delivery"])),
    load=st.floats(0, 100),
    reachable=st.booleans(),
)


@given(
    people=st.lists(colleagues, max_size=6),
    contact=st.none() | st.integers(1, 8),
    language=st.sampled_from(["", "en", "zh"]),
    not_to=st.frozensets(st.integers(1, 6), max_size=3),
)
def test_always_exactly_one_of_those_who_may_and_nobody_off_duty_while_somebody_is_on(
    people: list[Colleague], contact: int | None, language: str, not_to: frozenset[int]
) -> None:
    staff = {number: _numbered(one, number) for number, one in enumerate(people, start=1)}
    wanted = Wanted(() if contact is None else [contact], language)
    chosen = choose(staff, wanted, not_to=not_to)
    hear = [number for number, one in staff.items() if one.reachable] or list(staff)
    may = set(hear) - not_to
    assert (chosen in may) if may else chosen is None
    if chosen is not None and any(staff[number].on_duty for number in may):
        assert staff[chosen].on_duty
    if contact in may and staff[contact].on_duty:
        assert chosen == contact
    if chosen is not None and not not_to:
        assert all(chosen in may_have(staff, taken=taken) for taken in (False, True))
    assert chosen == choose(dict(reversed(staff.items())), wanted, not_to=not_to)


def _numbered(one: Colleague, number: int) -> Colleague:
    return replace(one, id=number, away=one.away and not one.on_duty)
