"""When an app answers nothing, the lane pauses and then tries with one message at a time."""

from scheduler.delivery.health import LONGEST_PAUSE_S, TOLERATED, Health
from scheduler.delivery.pacing import UNLIMITED
from scheduler.delivery.traffic import Traffic
from store.errors import TemporaryError


def failing(health: Health, times: int, now: float = 0.0) -> list[float | None]:
    return [health.failed(now) for _ in range(times)]


def test_a_few_failures_are_no_outage() -> None:
    health = Health()
    assert failing(health, TOLERATED - 1) == [None] * (TOLERATED - 1)
    assert not health.probing
    assert not health.succeeded()


def test_more_are_and_the_pauses_grow() -> None:
    health = Health()
    pauses, now = failing(health, TOLERATED), 0.0
    assert pauses[-1] == 1
    for expected in (2, 4, 8, 16, LONGEST_PAUSE_S, LONGEST_PAUSE_S):
        now = health.paused_until
        assert health.failed(now) == expected


def test_calls_that_were_under_way_together_make_one_pause() -> None:
    health = Health()
    pauses = failing(health, 100)
    assert [pause for pause in pauses if pause is not None] == [1]


def test_one_success_ends_it() -> None:
    health = Health()
    failing(health, TOLERATED)
    assert health.succeeded()
    assert not health.probing
    assert not health.succeeded()


def test_in_an_outage_one_message_at_a_time_tries() -> None:
    traffic, error = Traffic(UNLIMITED), TemporaryError("no connection")
    assert traffic.limit(0.0, 0) == UNLIMITED.concurrency
    for _ in range(TOLERATED):
        traffic.failed("7", error, 0.0)
    assert traffic.in_outage
    assert traffic.limit(0.5, 0) == 0
    assert traffic.opens_at(0.5, 0) == 1.0
    assert not traffic.must_look(0.5, 0)
    assert not traffic.must_look(1.0, 1)
    assert traffic.must_look(1.0, 0)
    assert traffic.limit(1.0, 0) == 0
    traffic.looked()
    assert not traffic.must_look(1.0, 0)
    assert (traffic.limit(1.0, 0), traffic.limit(1.0, 1)) == (1, 0)
    assert traffic.opens_at(1.0, 1) is None
    assert traffic.answered(took=True)
    assert traffic.limit(1.0, 1) == UNLIMITED.concurrency - 1
