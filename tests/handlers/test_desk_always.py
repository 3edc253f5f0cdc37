"""What always holds at the complaint desk, whatever people say, tap and forget, and however time goes by.

Customers and staff write and tap at random: what they were shown, what others were shown, and what nobody was
ever shown. Beats run in between, some twice. After each step the rules are checked that no path may break.
"""

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from bot.beats import Beat, beats_of
from bot.planners import Seeing
from customers.duty import is_on_duty
from feedback.complaint_rules import MOVES
from handlers.incoming import Incoming, IncomingKind, Sender
from store.engine import Database
from store.tables.complaints import ENDED, Complaint, ComplaintEvent, ComplaintState
from store.tables.desk import Promise, PromiseState
from store.tables.queues import InboxUpdate, OutboxMessage
from store.tables.staff import Role, Staff, StaffIdentity
from tests.factories import COMPANY, make_incoming, make_staff
from tests.postgres import PostgresServer
from tests.tables import new_sqlite
from tests.talk import Talk, button_data

CUSTOMERS = ("11", "12", "13")
AGENTS, LEAD, MANAGER = ("91", "92"), "93", "94"
STAFF = (*AGENTS, LEAD, MANAGER)
TARGETS = 2
"""A first response and a solution."""
SECRET = "xyzzy"
"""Stands in every note; no customer may ever read it."""

SAID = (
    "My order 48213 never arrived and nobody answers. I am very disappointed.",
    "The kettle is broken again, this is the third time!",
    "茶壶坏了，太失望了，我要退款。",
    "My lawyer will hear of this, your heater burnt my hand.",
    "hello?? any news",
    "Thank you, that is great",
    "yes",
    "no",
    "/status",
    "/stop",
    "/resume",
    "/complaint",
    "When do you open?",
)
STAFF_SAID = (
    "So sorry, it leaves again today.",
    f"// {SECRET} this one is difficult",
    f"/note {{case}} {SECRET} do not tell",
    "/promise {case} 2d Replacement arrives",
    "/promise {case} yesterday Too late",
    "/concession {case} refund 15 Late delivery",
    "/concession {case} refund 9000 Everything",
    "/case {case}",
    "/open",
    "/offduty",
    "/onduty",
    "/away until tomorrow",
    "/handover Staff92",
    "/leave Staff93",
    "/handover New",
    "/leave New",
    "/away until tomorrow cover New",
    "/back",
    "/cancel",
    "Replaced",
    "2d",
)
VERBS = (
    "take",
    "reply",
    "resolve",
    "cause",
    "remedy",
    "wait",
    "goon",
    "reopen",
    "promise",
    "kept",
    "withdraw",
    "concede",
    "approve",
    "refuse",
    "nocase",
    "leave",
)
"""What staff do most; any other button is tapped, too, but seldom."""
WORDS_OF_CUSTOMERS = ("solved", "rate", "promised")
FORGED = (
    "take:1",
    "resolve:2",
    "nocase:1",
    "more:1",
    "solved:1:yes",
    "rate:c1:5",
    "promise:1:kept",
    "take:999999",
)


class Desk(RuleBasedStateMachine):
    """Any people in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.database = Database(self.opened.enter_context(self.new_database()))
        self.opened.callback(self.database.close)
        self.talk = Talk(self.database)
        with self.database.transaction() as session:
            for sender, role in zip(STAFF, (Role.AGENT, Role.AGENT, Role.LEAD, Role.MANAGER), strict=True):
                make_staff(session, name=f"Staff{sender}", role=role, sender=sender)
            session.add(Staff(name="New", role=Role.AGENT, created_at=self.talk.now))
        self.events: dict[int, list[tuple[Any, ...]]] = {}
        self.states: dict[int, ComplaintState] = {}
        self.written: dict[str, Incoming] = {}
        self.edits = itertools.count()

    def new_database(self) -> AbstractContextManager[str]:
        """Make an empty database with all tables; gives its URL while it is there."""
        return _sqlite()

    def teardown(self) -> None:
        """Close what was opened."""
        self.opened.close()

    @rule(who=st.sampled_from(CUSTOMERS), text=st.sampled_from(SAID))
    def a_customer_writes(self, who: str, text: str) -> None:
        """A customer writes, alone with the bot."""
        self.talk.passes(seconds=20)
        self.talk.says(text, sender=Sender(who, f"Cust{who}", language="en"))

    @initialize()
    def some_complain(self) -> None:
        """Two customers complain before anything else."""
        self.a_customer_writes(CUSTOMERS[0], SAID[0])
        self.a_customer_writes(CUSTOMERS[1], SAID[2])

    @rule(who=st.sampled_from(CUSTOMERS), place=st.integers(0, 40))
    def a_customer_taps(self, who: str, place: int) -> None:
        """A customer taps a button that somebody was shown."""
        self._tap(who, self._shown(place), {})

    @rule(verb=st.sampled_from(WORDS_OF_CUSTOMERS), place=st.integers(0, 9))
    def a_customer_gives_their_word(self, verb: str, place: int) -> None:
        """A customer taps one of the buttons under what they were asked."""
        asked = [
            message for message in self.talk.sent if message.address in CUSTOMERS and verb in _verbs(message)
        ]
        if asked:
            data = [one for one in button_data(asked[-1]) if one.startswith(verb)]
            self._tap(asked[-1].address, data[place % len(data)], {})

    @rule(who=st.sampled_from(STAFF), text=st.sampled_from(STAFF_SAID), place=st.integers(0, 6))
    def staff_write(self, who: str, text: str, place: int) -> None:
        """Somebody of the staff writes in the staff chat, under one of the newest messages there or not."""
        self.talk.passes(seconds=20)
        shown = [message for message in self.talk.sent[-30:] if message.address == COMPANY.staff_chat.address]
        above = shown[-place].id if 0 < place <= len(shown) else None
        written = make_incoming(
            text.format(case=f"C-{1001 + place % 3}"),
            sender=Sender(who, f"Staff{who}", language="en"),
            reply_to=None if above is None else f"out-{above}",
            at=self.talk.now,
            **self._staff_chat(),
        )
        self.written[who] = written
        self.talk.receives(written)

    @rule(who=st.sampled_from(STAFF), text=st.sampled_from(STAFF_SAID))
    def staff_think_better_of_it(self, who: str, text: str) -> None:
        """Somebody of the staff changes what they wrote last, into a note or out of one."""
        if (written := self.written.get(who)) is not None:
            self.talk.passes(seconds=20)
            new = text.format(case="C-1001")
            self.talk.receives(
                replace(written, kind=IncomingKind.EDIT, text=new, update_id=f"edit-{next(self.edits)}")
            )

    @rule(who=st.sampled_from(STAFF), place=st.integers(0, 40))
    def staff_tap(self, who: str, place: int) -> None:
        """Somebody of the staff taps a button that somebody was shown, in the staff chat."""
        self._tap(who, self._shown(place), self._staff_chat())

    @rule(who=st.sampled_from(STAFF), verb=st.sampled_from(VERBS), place=st.integers(0, 9))
    def staff_work(self, who: str, verb: str, place: int) -> None:
        """Somebody of the staff taps one of the newest buttons of a kind."""
        data = [one for message in self.talk.sent[-60:] for one in button_data(message) if _verb(one) == verb]
        if data:
            self._tap(who, data[-1 - place % len(data)], self._staff_chat())

    @rule(who=st.sampled_from(CUSTOMERS + STAFF), data=st.sampled_from(FORGED), in_group=st.booleans())
    def somebody_forges_a_button(self, who: str, data: str, *, in_group: bool) -> None:
        """Somebody sends what no button that they were shown carries."""
        self._tap(who, data, self._staff_chat() if in_group and who in STAFF else {})

    @rule(hours=st.sampled_from((0.3, 2, 9, 30, 100, 24 * 9)), twice=st.booleans())
    def time_goes_by(self, hours: float, *, twice: bool) -> None:
        """Time passes, and every beat runs once or twice."""
        self.talk.passes(hours=hours)
        for beat in beats_of(COMPANY, COMPANY.channels) * (2 if twice else 1):
            self._run(beat)
        self.talk.deliver()
        self._check_owners_are_on_duty()

    def _run(self, beat: Beat) -> None:
        plan = beat.plan
        if isinstance(plan, Seeing):
            with self.database.reading() as session:
                seen = plan.see(session, now=self.talk.now)
            with self.database.transaction() as session:
                plan.plan(session, seen, now=self.talk.now)
        elif callable(plan):
            with self.database.transaction() as session:
                plan(session, now=self.talk.now)

    def _tap(self, who: str, data: str | None, where: dict[str, Any]) -> None:
        self.talk.passes(seconds=20)
        if data is not None:
            self.talk.taps(data, sender=Sender(who, f"N{who}", language="en"), **where)

    def _shown(self, place: int) -> str | None:
        """Give what one of the newest buttons carries, whoever was shown it."""
        data = [data for message in self.talk.sent[-25:] for data in button_data(message)]
        return data[-1 - place % len(data)] if data else None

    def _staff_chat(self) -> dict[str, Any]:
        return {"address": COMPANY.staff_chat.address, "private": False}

    def _check_owners_are_on_duty(self) -> None:
        """After the beats, nobody has an open case that they did not take while others are there to do it."""
        with self.database.reading() as session:
            staff = {member.id: member for member in session.scalars(select(Staff))}
            joined = set(session.scalars(select(StaffIdentity.staff_id)))
            hear = [one for one in staff.values() if one.active and one.id in joined] or staff.values()
            present = [one for one in hear if is_on_duty(one, self.talk.now)]
            opened = select(Complaint).where(Complaint.state == ComplaintState.OPEN)
            for case in session.scalars(opened):
                assert case.owner_id is not None
                assert not present or is_on_duty(staff[case.owner_id], self.talk.now), staff[
                    case.owner_id
                ].name

    @invariant()
    def every_case_has_one_owner(self) -> None:
        """Exactly one active member of staff is accountable for each case that has not ended."""
        with self.database.reading() as session:
            active = set(session.scalars(select(Staff.id).where(Staff.active.is_(True))))
            for case in session.scalars(select(Complaint)):
                assert case.state in ENDED or case.owner_id in active, (case.id, case.state, case.owner_id)

    @invariant()
    def who_owns_a_case_hears_of_it(self) -> None:
        """Nobody who has not joined has a case while anybody works here who has."""
        with self.database.reading() as session:
            staff = session.scalars(select(Staff).where(Staff.active.is_(True))).all()
            joined = {one.id for one in staff} & set(session.scalars(select(StaffIdentity.staff_id)))
            for case in session.scalars(select(Complaint)):
                assert case.state in ENDED or not joined or case.owner_id in joined, (case.id, case.owner_id)

    @invariant()
    def the_table_decides_and_history_is_only_added_to(self) -> None:
        """A case comes from where it stood by moves of the table, and no event of it ever changes."""
        with self.database.reading() as session:
            for case in session.scalars(select(Complaint)):
                before = self.states.get(case.id, ComplaintState.OPEN)
                assert case.state in _reachable(before), (before, case.state)
                self.states[case.id] = case.state
                found = [
                    (event.id, event.at, event.what, event.text, event.staff_id)
                    for event in session.scalars(
                        select(ComplaintEvent)
                        .where(ComplaintEvent.complaint_id == case.id)
                        .order_by(ComplaintEvent.id)
                    )
                ]
                known = self.events.get(case.id, [])
                assert found[: len(known)] == known
                self.events[case.id] = found

    @invariant()
    def each_step_of_the_ladder_is_taken_once(self) -> None:
        """Between two beginnings of a case's clocks no step comes twice for one of the two targets."""
        begins = {"opened", "reopened", "responded", "answered", "undismissed"}
        for case_id, events in self.events.items():
            taken: Counter[tuple[str, str]] = Counter()
            for _, _, what, text, _ in events:
                if what in begins:
                    taken.clear()
                if what == "escalated":
                    taken[what, text] += 1
                    assert taken[what, text] <= TARGETS, (case_id, text)

    @invariant()
    def no_promise_is_forgotten(self) -> None:
        """Whoever promised is reminded: an open promise always has its next step."""
        with self.database.reading() as session:
            forgotten = select(Promise.id).where(
                Promise.state == PromiseState.OPEN, Promise.next_step_at.is_(None)
            )
            assert session.scalars(forgotten).all() == []

    @invariant()
    def no_note_reaches_a_customer(self) -> None:
        """What staff note among themselves is in nothing that a customer gets, and nothing fails."""
        for message in self.talk.sent:
            if message.address in CUSTOMERS:
                assert SECRET not in str(message.body)
        with self.database.reading() as session:
            assert (
                session.scalars(select(InboxUpdate.error).where(InboxUpdate.error.is_not(None))).all() == []
            )

    @invariant()
    def who_is_told_is_told_once(self) -> None:
        """No customer gets the same words about the same case twice within a minute."""
        told = Counter(
            (message.address, message.about, message.body["text"], message.created_at)
            for message in self.talk.sent
            if message.address in CUSTOMERS and message.about
        )
        assert not [what for what, count in told.items() if count > 1]


def _verb(data: str) -> str:
    return data.partition(":")[0]


def _verbs(message: OutboxMessage) -> set[str]:
    return {_verb(data) for data in button_data(message)}


def _reachable(state: ComplaintState, steps: int = 3) -> set[ComplaintState]:
    """Give the states that so many moves of the table lead to: one update may make several."""
    found = {state}
    for _ in range(steps):
        found |= {ways[one] for ways in MOVES.values() for one in found if one in ways}
    return found


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        yield new_sqlite(Path(directory) / "desk.db")


def test_it_holds_on_postgresql(postgres_server: PostgresServer) -> None:
    class DeskOnPostgres(Desk):
        def new_database(self) -> AbstractContextManager[str]:
            return postgres_server.new_database(tables=True)

    on_postgres = settings(max_examples=3, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(DeskOnPostgres, settings=on_postgres)


Desk.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestDesk = Desk.TestCase
