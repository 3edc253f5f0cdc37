"""Who is told to wait holds one chat; many who are hold the lane."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.delivery.pacing import TELEGRAM
from scheduler.delivery.refusals import FEW, WINDOW_S, Refusals
from scheduler.delivery.traffic import Traffic
from store.errors import TemporaryError

refusals = st.lists(st.tuples(st.floats(0, 2), st.integers(0, 5), st.floats(1, 100)), max_size=60)


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(1, 1000)), max_size=60))
def test_one_chat_alone_never_holds_the_lane(steps: list[tuple[float, float]]) -> None:
    seen, now = Refusals(30), 0.0
    for gap, wait_s in steps:
        now += gap
        assert not seen.refused("7", now, wait_s)
        assert seen.held_until < now


@given(refusals)
def test_the_lane_waits_only_when_several_chats_were_refused_within_a_second(
    steps: list[tuple[float, int, float]],
) -> None:
    seen, now, past = Refusals(30), 0.0, []
    for gap, chat, wait_s in steps:
        now += gap
        past.append((now, chat))
        if seen.refused(str(chat), now, wait_s):
            assert len({who for at, who in past if at > now - WINDOW_S}) >= FEW
            assert seen.held_until == now + wait_s


def test_calls_that_were_under_way_make_the_wait_longer_and_not_a_second_one() -> None:
    seen = Refusals(30)
    assert [seen.refused(str(chat), 0.0, 5) for chat in range(5)] == [False, False, True, False, False]
    assert seen.held_until == 5
    assert not seen.refused("9", 1.0, 10)
    assert seen.held_until == 11


def test_of_a_thousand_a_second_more_must_be_refused() -> None:
    assert [Refusals(limit).several for limit in (None, 30, 1000)] == [3, 3, 10]


def test_a_lane_that_was_refused_waits_then_goes_slower_and_recovers() -> None:
    traffic, error = Traffic(TELEGRAM), TemporaryError("too many requests", retry_after_s=7)
    assert [traffic.failed(chat, error, 0.0) for chat in "abc"] == [None, None, 7]
    assert traffic.is_closed(6.9)
    assert (traffic.limit(6.9, 0), traffic.opens_at(6.9, 0)) == (0, 7)
    assert not traffic.is_closed(7.0)
    assert not traffic.in_outage
    assert traffic.limit(7.0, 0) > 0
    first, second = traffic.depart("d", 7.0), traffic.depart("e", 7.0)
    assert second - first > 1.4 / 30
    for _ in range(100):
        traffic.answered(took=True)
    third, fourth = traffic.depart("f", 8.0), traffic.depart("g", 8.0)
    assert fourth - third < 1.1 / 30
