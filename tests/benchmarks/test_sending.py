"""The benchmarks of the road out work: run small, and untimed."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from benchmarks import kills_out, limits, outbox, road_out, workers
from benchmarks.botapi.client import Server
from benchmarks.senders import Outcome, peer_sends, rapport_sends
from store.departures import Claimed, Settlement, claim_due, settle
from store.tables.queues import OutboxState

MESSAGES = 60


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server.running(tmp_path) as server:
        yield server


def test_the_program_sends_what_lies_in_its_outbox(server: Server, tmp_path: Path) -> None:
    outcome = rapport_sends(server, folder=tmp_path, messages=MESSAGES, per_s=None)

    assert (outcome.sent, outcome.refused, outcome.repeats, outcome.lost) == (MESSAGES, 0, 0, 0)
    assert outcome.peak_mb > 0


@pytest.mark.parametrize("script", ["ptb_send", "aiohttp_send"])
def test_a_peer_sends_all_messages_once(server: Server, tmp_path: Path, script: str) -> None:
    outcome = peer_sends(
        script, server, python=Path(sys.executable), folder=tmp_path, messages=MESSAGES, at_once=8
    )

    assert (outcome.sent, outcome.repeats, outcome.lost) == (MESSAGES, 0, 0)


def test_a_full_outbox_is_worked_through(tmp_path: Path) -> None:
    scene = outbox.Scene("as many sent", OutboxState.SENT)

    rows = outbox.measure(f"sqlite:///{tmp_path / 'rapport.db'}", scene, 300, 200, [50, 100])

    assert [(row["batch"], row["measured"]) for row in rows] == [(50, 150), (100, 150)]


def claim_twice(session: Session, **options: Any) -> list[Claimed]:
    """Claim, and give one row twice."""
    claimed = claim_due(session, **options)
    return [*claimed, claimed[0]]


def mark_most(session: Session, settlements: Sequence[Settlement]) -> None:
    """Mark as sent, but the last."""
    settle(session, settlements[:-1])


@pytest.mark.parametrize(
    ("name", "fault", "said"),
    [("claim_due", claim_twice, r"[1-9]\d* were claimed again"), ("settle", mark_most, "[1-9] are not sent")],
)
def test_an_outbox_that_is_not_worked_through_ends_the_benchmark(
    name: str, fault: Callable[..., Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, name, fault)

    with pytest.raises(SystemExit, match=said):
        outbox.measure(f"sqlite:///{tmp_path / 'rapport.db'}", outbox.SCENES[0], 300, 200, [50])


def test_the_worker_that_is_killed_has_an_account_with_more_to_send() -> None:
    logs = [
        "works\nhas account-0\nhas account-0 no more\n",
        "has account-1\nhas account-2\n",
        "works\nhas account-3\n",
    ]
    held = [workers.accounts_of(log) for log in logs]
    assert held == [set(), {1, 2}, {3}]

    sent = Counter(dict.fromkeys(range(workers.ACCOUNTS), 9))
    assert workers.busy(held, sent, messages=10) == 1
    assert workers.busy(held, sent | Counter({1: 10, 2: 10}), messages=10) == 2
    assert workers.busy(held, sent, messages=9) is None
    assert workers.busy(held, sent - Counter({7: 9}), messages=10) is None


STATES = {"one": OutboxState.SENT, "two": OutboxState.SENT, "three": OutboxState.UNCERTAIN}


def test_a_kill_that_lost_nothing_is_shown_as_such() -> None:
    story = kills_out.Story(
        3,
        kills=[kills_out.Kill(at=10.0, started_again_at=11.0, in_doubt=1)],
        states=dict(STATES),
        arrived=[(9.0, "one"), (10.01, "three"), (12.5, "two")],
    )

    row = kills_out.row(30, 0, story)

    shown = {name: row[name] for name in ("messages", "lost", "repeated", "uncertain", "of these arrived")}
    assert shown == {"messages": 3, "lost": 0, "repeated": 0, "uncertain": 1, "of these arrived": 1}
    assert (row["goes on after s"], row["most a kill"]) == (2.5, 1)


@pytest.mark.parametrize(
    ("states", "arrived", "fault"),
    [
        (STATES, ["one"], "lost"),
        (STATES | {"four": OutboxState.QUEUED}, ["one", "two"], "lost"),
        (STATES, ["one", "two", "two"], "repeated"),
        (STATES | {"four": OutboxState.QUEUED}, ["one", "two", "four"], "unknown to the outbox"),
    ],
)
def test_a_kill_that_did_harm_is_shown(
    states: dict[str, OutboxState], arrived: list[str], fault: str
) -> None:
    story = kills_out.Story(len(states), states=states, arrived=[(1.0, text) for text in arrived])

    assert kills_out.row(30, 0, story)[fault] == 1


def test_a_row_that_vanished_in_a_kill_is_lost() -> None:
    story = kills_out.Story(4, states=dict(STATES), arrived=[(1.0, "one"), (1.0, "two")])

    row = kills_out.row(30, 0, story)

    assert (row["messages"], row["lost"]) == (4, 1)


def test_the_share_of_refusals_counts_all_calls() -> None:
    outcome = Outcome(
        sent=90, refused=10, repeats=0, lost=0, per_s=28.0, steady_per_s=27.0, most=30, cpu_ms=1.0, peak_mb=90
    )

    row = limits.row(limits.ENTRANTS[0], 30, 0, outcome)

    assert (row["429s %"], row["of the limit %"]) == (10.0, 90.0)


def test_rapport_is_compared_with_the_best_of_each_peer() -> None:
    ours, one, many = road_out.ENTRANTS[0], road_out.ENTRANTS[2], road_out.ENTRANTS[3]

    rows = road_out.beside({ours: 3000.0, one: 900.0, many: 600.0})

    assert [(row["beside"], row["ratio"]) for row in rows] == [("ptb at its best", 3.33)]
