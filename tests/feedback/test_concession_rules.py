"""Limits: whatever is given one by one, nobody gives more alone than they may, or approves their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.desk import LIMITS
from customers.roles import RIGHTS, Right
from feedback.concession_rules import (
    LONGEST_REASON,
    NotAllowedError,
    Person,
    ReasonError,
    approvers,
    check_decider,
    checked_reason,
    limit_of,
    state_of_new,
)
from store.tables.desk import ConcessionState
from store.tables.staff import Role

roles = st.sampled_from(list(Role))
amounts = st.integers(0, 300_000)
people = st.lists(st.builds(Person, st.integers(1, 9), roles), max_size=6, unique_by=lambda one: one.id)
limits = st.dictionaries(roles, st.integers(0, 2_500))


@given(st.lists(amounts, max_size=20), roles)
def test_what_somebody_gives_alone_stays_within_their_limit(gifts: list[int], role: Role) -> None:
    limit, alone = limit_of(role, LIMITS, "USD"), 0
    for amount in gifts:
        state = state_of_new(amount, given_before=alone, limit=limit)
        assert state in (ConcessionState.GIVEN, ConcessionState.PROPOSED)
        if state is ConcessionState.GIVEN:
            alone += amount
        else:
            assert alone + amount > limit  # nobody is asked about what one may give
    assert alone <= limit


@given(people, amounts, st.integers(1, 9), limits)
def test_who_may_approve_is_in_charge_is_not_the_proposer_and_has_the_limit(
    staff: list[Person], amount: int, proposer_id: int, limits: dict[Role, int]
) -> None:
    allowed = approvers(staff, proposer_id=proposer_id, amount=amount, limits=limits, currency="USD")

    expected = [
        one.id
        for one in staff
        if one.role in RIGHTS[Right.APPROVE]
        and one.id != proposer_id
        and amount <= 100 * limits.get(one.role, 0)
    ]
    assert allowed == expected


@given(st.integers(1, 9), roles, amounts)
def test_nobody_approves_what_they_proposed(number: int, role: Role, amount: int) -> None:
    with pytest.raises(NotAllowedError):
        check_decider(Person(number, role), proposer_id=number, amount=amount, limits=LIMITS, currency="USD")


def test_a_role_without_a_limit_gives_nothing_but_apologies_alone() -> None:
    assert limit_of(Role.AGENT, {}, "USD") == 0
    assert state_of_new(0, given_before=0, limit=0) is ConcessionState.GIVEN
    assert state_of_new(1, given_before=0, limit=0) is ConcessionState.PROPOSED


@pytest.mark.parametrize("reason", ["", " \n ", "x" * (LONGEST_REASON + 1)])
def test_a_reason_is_one_line(reason: str) -> None:
    with pytest.raises(ReasonError):
        checked_reason(reason)
    assert checked_reason(" late\n delivery ") == "late delivery"
