"""How fast a campaign to many is queued, whom that keeps waiting, and how much memory it takes.

Run ``python -m benchmarks.campaign [--customers 1000000] [--plain] [--database URL]``. A campaign with a text
in two languages, variables, a button, two versions and a holdout (``--plain``: two languages and a name) is
queued to everybody, batch by batch, as the beat does it. Meanwhile somebody else writes answers to the outbox
again and again, in transactions of their own: how long each waits is measured. Without ``--database`` it is a
new SQLite file.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.planning import COMPANY, DUE, NOW, fill
from benchmarks.report import Value, print_report
from bot.event_loop import spare_the_collector
from scheduler.campaigns.moves import move_campaigns
from scheduler.campaigns.plans import CampaignPlan, draft_plan
from scheduler.campaigns.queueing import find_campaign, start_campaign
from scheduler.definitions.template import Template
from store.engine import Database
from store.migrate import migrate
from store.outbox import Draft, enqueue
from store.tables.outreach import TrialMember
from store.tables.queues import MessageKind, OutboxMessage

HOLDOUT = 0.05
BETWEEN_ANSWERS_S = 0.02
FEW = 20
"""Batches after which memory is looked at for the first time: then all that is made once is made."""


def plan() -> CampaignPlan:
    """Plan a campaign that uses all that makes one slow."""
    english = "Hello {first_name|friend}, {contact|we} at {company} have new oolong for {city|you}."
    chinese = "{first_name|朋友}您好，{company}的新茶到了。"
    texts = {"en": english, "zh": chinese}
    return CampaignPlan(
        Template.model_validate(
            {
                "messages": {"A": texts, "B": {"en": f"{english} Come and try it!", "zh": chinese}},
                "buttons": [{"label": {"en": "Keep me some", "zh": "给我留一点"}}],
            }
        ),
        "all",
        holdout=HOLDOUT,
    )


def plain() -> CampaignPlan:
    """Plan a campaign as most are."""
    texts = {
        "en": "Hello {first_name|friend}, the new oolong is here.",
        "zh": "{first_name|朋友}您好，新茶到了。",
    }
    return CampaignPlan(Template.model_validate({"messages": {"A": texts}}), "all")


def begin(session: Session, planned: CampaignPlan) -> int:
    """Draft and start the campaign; its first batch is queued with it."""
    campaign = draft_plan(session, planned, staff_id=None, chat=COMPANY.staff_chat, now=NOW)
    start_campaign(session, campaign, chat=COMPANY.staff_chat, company=COMPANY, now=NOW)
    return campaign.id


def answer(session: Session, number: int) -> int:
    """Answer somebody, as a handler does at its end."""
    draft = Draft(MessageKind.ANSWER, "webchat", "somebody", "Thank you!", dedupe_key=f"answer:{number}")
    return enqueue(session, [draft], now=NOW)


async def write_answers(database: Database, waits_s: list[float], is_over: asyncio.Event) -> None:
    """Write answers all the time until it is over, and note how long each took."""
    while not is_over.is_set():
        await asyncio.sleep(BETWEEN_ANSWERS_S)
        begun = time.perf_counter()
        await database.run(answer, len(waits_s))
        waits_s.append(time.perf_counter() - begun)


def memory_mb() -> float:
    """Tell the most memory that this process had at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def queue(database: Database, planned: CampaignPlan) -> dict[str, Value]:
    """Queue the campaign while answers are written."""
    waits_s: list[float] = []
    is_over = asyncio.Event()
    answering = asyncio.create_task(write_answers(database, waits_s, is_over))
    begun, cpu_s = time.perf_counter(), time.process_time()
    campaign_id = await database.run(begin, planned)
    batches_s, early_mb, more = [], 0.0, 1
    while more:
        batch = time.perf_counter()
        more = await database.run(move_campaigns, now=NOW, **DUE)
        batches_s.append(time.perf_counter() - batch)
        if len(batches_s) == FEW:
            early_mb = memory_mb()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu_s
    is_over.set()
    await answering
    with database.reading() as session:
        queued, left_out = _came_to(session, campaign_id)
    waits = sorted(waits_s)
    return {
        "queued": queued,
        "left out": left_out,
        "s": round(seconds, 1),
        "CPU s": round(cpu, 1),
        "queued/s": round(queued / seconds),
        "batches": len(batches_s),
        "longest batch ms": round(1000 * max(batches_s)),
        "answers": len(waits),
        "answer p99 ms": round(1000 * waits[int(0.99 * len(waits))]),
        "longest answer ms": round(1000 * waits[-1]),
        "memory MB": round(memory_mb()),
        "MB more than after 20 batches": round(memory_mb() - early_mb),
    }


def _came_to(session: Session, campaign_id: int) -> tuple[int, int]:
    """Count whom the campaign goes to and whom not; ends the benchmark where somebody is lost or has two."""
    to = OutboxMessage.customer_id
    mine = select(func.count(to), func.count(to.distinct())).where(OutboxMessage.campaign_id == campaign_id)
    rows, people = session.execute(mine).one()
    left_out = sum(find_campaign(session, campaign_id).left_out.values())
    members = session.scalar(select(func.count()).select_from(TrialMember)) or 0
    if rows != people or not rows:
        raise SystemExit(f"{rows} messages to {people} customers")
    if members and not rows < members:
        raise SystemExit(f"{members} take part, and {rows} of them are written to: nobody was held out")
    return rows, left_out


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--database", help="URL of an empty database; a new SQLite file where not given")
    parser.add_argument("--plain", action="store_true", help="a campaign as most are")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        database = Database(options.database or f"sqlite:///{Path(directory) / 'campaign.db'}")
        migrate(database)
        fill(database, options.customers, max(1, options.customers // 100))
        spare_the_collector()  # as the program does when it has started
        planned = plain() if options.plain else plan()
        name = "plain campaign" if options.plain else "campaign"
        title = f"{name}, {options.customers:,} customers, {database.url.get_backend_name()}"
        print_report(title, [asyncio.run(queue(database, planned))])
        database.close()


if __name__ == "__main__":
    main()
