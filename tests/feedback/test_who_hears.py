"""Who hears at a rung of the ladder, whoever works here and whoever is away."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.desk import Rung
from feedback.escalation import who_hears
from store.tables.staff import Role, Staff
from tests.factories import NOW


def someone(number: int, role: Role, team: str | None = None, *, on_duty: bool = True) -> Staff:
    return Staff(id=number, name=f"S{number}", role=role, active=True, team=team, on_duty=on_duty)


ANN, BEN = someone(1, Role.AGENT, "tea"), someone(2, Role.AGENT)
LEA, LUC = someone(3, Role.LEAD, "tea"), someone(4, Role.LEAD, "pots")
MAX, ADA = someone(5, Role.MANAGER), someone(6, Role.ADMIN)
OFF = someone(7, Role.MANAGER, on_duty=False)


@pytest.mark.parametrize(
    ("staff", "rung", "owner_id", "heard"),
    [
        ([ANN, BEN, LEA], Rung.OWNER, 1, [ANN]),
        ([ANN, BEN, LEA], Rung.OWNER, None, [LEA]),
        ([ANN, LEA, LUC, MAX], Rung.LEAD, 1, [LEA]),
        ([ANN, BEN, LEA, LUC, MAX], Rung.LEAD, 2, [LEA, LUC]),
        ([ANN, MAX, ADA], Rung.LEAD, 1, [MAX]),
        ([ANN, LEA, MAX, ADA, OFF], Rung.MANAGER, 1, [MAX]),
        ([ANN, LEA, OFF], Rung.MANAGER, 1, [OFF]),
        ([ANN, LEA, ADA], Rung.MANAGER, 1, [ADA]),
        ([ANN, BEN, LEA, LUC], Rung.MANAGER, 1, [LEA]),
        ([ANN, BEN, LEA, LUC], Rung.MANAGER, None, [LEA, LUC]),
        ([ANN, BEN], Rung.MANAGER, 1, []),
    ],
)
def test_who_hears_at_a_rung(
    staff: list[Staff], rung: Rung, owner_id: int | None, heard: list[Staff]
) -> None:
    assert list(who_hears(staff, rung, owner_id=owner_id, now=NOW)) == heard


def away(number: int, cover: int | None, role: Role = Role.AGENT) -> Staff:
    member = someone(number, role, "tea")
    member.away_until, member.cover_id = NOW + timedelta(days=2), cover
    return member


@pytest.mark.parametrize(
    ("staff", "heard"),
    [
        ([away(8, 2), BEN, LEA], 2),
        ([away(8, 9), away(9, 2), BEN, LEA], 2),
        ([away(8, None), BEN, LEA], 3),
        ([away(8, 9), away(9, 8), BEN, ADA], 6),
        ([away(8, None), BEN], 8),
        ([someone(8, Role.AGENT, on_duty=False), BEN, LEA], 8),
    ],
    ids=["cover", "cover of the cover", "no cover", "both away", "nobody else", "only off duty"],
)
def test_for_an_owner_who_is_away_their_cover_hears(staff: list[Staff], heard: int) -> None:
    assert [one.id for one in who_hears(staff, Rung.OWNER, owner_id=8, now=NOW)] == [heard]


@given(
    staff=st.lists(st.sampled_from([ANN, BEN, LEA, LUC, MAX, ADA, OFF]), unique=True),
    rung=st.sampled_from(Rung),
    owner_id=st.none() | st.integers(1, 7),
)
def test_somebody_hears_wherever_there_is_anybody_above(
    staff: list[Staff], rung: Rung, owner_id: int | None
) -> None:
    heard = who_hears(staff, rung, owner_id=owner_id, now=NOW)

    assert set(heard) <= set(staff)
    if {ADA, MAX, OFF, LEA, LUC} & set(staff):
        assert heard
