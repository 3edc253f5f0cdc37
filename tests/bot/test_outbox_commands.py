"""``rapport outbox``: what an operator reads, and what they may say."""

from pathlib import Path

import pytest

from bot.outbox_commands import counts, settle, uncertain
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxState
from store.uncertain import Verdict
from tests.factories import make_customer
from tests.program import Program
from tests.store.test_uncertain import campaign, interrupt, row


def say(database: Database, *verdicts: Verdict, numbers: tuple[int, ...] = (), **which: object) -> str:
    return settle(
        database,
        numbers=numbers,
        campaign=which.get("campaign"),  # type: ignore[arg-type]  # a number or nothing
        everything=bool(which.get("everything")),
        verdicts=verdicts,
    )


def test_an_empty_outbox(database: Database) -> None:
    assert list(counts(database)) == ["The outbox is empty."]
    assert list(uncertain(database, campaign=None, limit=9)) == ["Nothing is uncertain."]


def test_the_list_names_campaign_customer_and_why_and_no_text(database: Database) -> None:
    number = campaign(database)
    with database.transaction() as session:
        customer = make_customer(session, sender="77").id
    interrupt(database, "a", "b", campaign_id=number, customer_id=customer)
    lines = list(uncertain(database, campaign=number, limit=1))
    assert lines[1].split()[:7] == [
        str(row(database, "a").id),
        "2026-11-21",
        "12:00",
        "telegram",
        "campaign",
        str(number),
        str(customer),
    ]
    assert lines[1].endswith("the program stopped while this was being sent")
    assert lines[2] == "… and 1 more (--limit)"
    assert "rapport outbox settle" in lines[3]
    assert "secret" not in "".join(lines)
    assert list(counts(database)) == [f"{'telegram':<10} {'uncertain':<12} {2:>10,}"]


def test_settling_by_number_by_campaign_and_all(database: Database) -> None:
    number = campaign(database)
    interrupt(database, "a", "b", "c", campaign_id=number)
    interrupt(database, "d")
    assert say(database, Verdict.SENT, numbers=(row(database, "a").id,)) == "Settled as sent: 1."
    assert say(database, Verdict.AGAIN, campaign=number) == "Queued again: 2."
    assert say(database, Verdict.NOT_SENT, everything=True) == "Settled as not sent: 1."
    states = [row(database, key).state for key in "abcd"]
    assert states == [OutboxState.SENT, OutboxState.QUEUED, OutboxState.QUEUED, OutboxState.FAILED]


def test_what_is_not_clear_changes_nothing(database: Database) -> None:
    interrupt(database, "a")
    known = row(database, "a").id
    for verdicts in ((), (Verdict.SENT, Verdict.AGAIN)):
        with pytest.raises(InputError, match="--sent, --not-sent or --again"):
            say(database, *verdicts, everything=True)
    with pytest.raises(InputError, match="say which messages"):
        say(database, Verdict.SENT)
    with pytest.raises(InputError, match="say which messages"):
        say(database, Verdict.SENT, numbers=(known,), everything=True)
    with pytest.raises(NotFoundError, match="not uncertain, or not there: 98, 99"):
        say(database, Verdict.SENT, numbers=(known, 99, 98))
    with pytest.raises(NotFoundError, match="there is no campaign 5"):
        say(database, Verdict.SENT, campaign=5)
    assert row(database, "a").state is OutboxState.UNCERTAIN


def test_a_cancelled_campaign_is_not_sent_again(database: Database) -> None:
    number = campaign(database)
    interrupt(database, "a", campaign_id=number)
    with database.transaction() as session:
        session.get_one(Campaign, number).state = CampaignState.CANCELLED
    with pytest.raises(InputError, match=f"campaign {number} is cancelled"):
        say(database, Verdict.AGAIN, everything=True)
    assert say(database, Verdict.SENT, campaign=number) == "Settled as sent: 1."


async def test_on_the_command_line(tmp_path: Path) -> None:
    program = Program(tmp_path)
    assert (await program.command("outbox", "counts"))[:2] == (0, "The outbox is empty.\n")
    assert (await program.command("outbox", "uncertain"))[:2] == (0, "Nothing is uncertain.\n")
    code, _, errors = await program.command("outbox", "settle", "7", "--sent")
    assert (code, errors) == (1, "not uncertain, or not there: 7: see `rapport outbox uncertain`\n")
    code, _, errors = await program.command("outbox", "settle", "--all")
    assert (code, errors) == (
        1,
        "say what became of the messages with one of --sent, --not-sent or --again\n",
    )
    assert (await program.command("outbox", "settle", "x", "--sent"))[0] == 2
    assert (await program.command("outbox", "settle", "--all", "--again"))[:2] == (0, "Queued again: 0.\n")
