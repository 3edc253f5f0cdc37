"""Any moves of a case in any order, against the table that allows them."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from feedback import complaints
from feedback.complaint_rules import MOVES, EventKind, Move, MoveError, TakenError, UnansweredError
from store.engine import Database
from store.tables.complaints import ENDED, ComplaintState
from tests.factories import COMPANY, NOW, make_staff
from tests.feedback.cases import happened, make_complaint, settle
from tests.tables import new_sqlite


class ComplaintMoves(RuleBasedStateMachine):
    """Any moves in any order: the table decides, refusals change nothing, the history has every move.

    At every moment a case has one owner, and it is closed only with cause, remedy and an end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.database = Database(new_sqlite(Path(self.directory.name) / "moves.db"))
        with self.database.transaction() as session:
            self.staff = [make_staff(session, name=name) for name in ("Mei", "Tom")]
            complaint = make_complaint(session)
            self.complaint_id, self.owner = complaint.id, complaint.owner_id
        self.state = ComplaintState.OPEN
        self.events: list[str] = [EventKind.OPENED]
        self.has_remedy = False
        self.now = NOW

    def teardown(self) -> None:
        self.database.close()
        self.directory.cleanup()

    def move(self, move: Move, event: EventKind, call: Any, **arguments: Any) -> bool:
        """Make a move and check that it is refused where the table says so."""
        self.now += timedelta(minutes=1)
        try:
            with self.database.transaction() as session:
                complaint = complaints.find_complaint(session, self.complaint_id)
                call(session, complaint, now=self.now, **arguments)
        except MoveError as refusal:
            assert self.state not in MOVES[move] or (move is Move.FILE and self.has_remedy)
            return self.is_explained(refusal)
        self.state = MOVES[move][self.state]
        self.events.append(event)
        return True

    def is_explained(self, refusal: MoveError) -> bool:
        assert (refusal.state, refusal.at is None) == (self.state, False)
        return False

    def is_answered(self) -> bool:
        """Whether staff wrote after whatever the customer said last."""
        heard = {EventKind.OPENED, EventKind.WORDS_ADDED, EventKind.ANSWERED, EventKind.REOPENED}
        said = [one for one in self.events if one in heard or one == EventKind.RESPONDED]
        return said[-1] == EventKind.RESPONDED

    @rule(number=st.integers(0, 1))
    def take(self, number: int) -> None:
        member = self.staff[number]
        if self.state is not ComplaintState.CLAIMED:
            if self.move(Move.TAKE, EventKind.TAKEN, complaints.take, staff=member):
                self.owner = member.id
            return
        with self.database.transaction() as session:
            complaint = complaints.find_complaint(session, self.complaint_id)
            if member.id == self.owner:
                complaints.take(session, complaint, staff=member, now=self.now)
                return
            with pytest.raises(TakenError):
                complaints.take(session, complaint, staff=member, now=self.now)

    @rule(number=st.integers(0, 1))
    def respond(self, number: int) -> None:
        was_open = self.state is ComplaintState.OPEN
        self.move(
            Move.RESPOND,
            EventKind.RESPONDED,
            complaints.respond,
            staff=self.staff[number],
            text="hello",
            company=COMPANY,
        )
        if was_open:
            self.owner = self.staff[number].id

    @rule(number=st.integers(0, 1))
    def wait(self, number: int) -> None:
        was_open = self.state is ComplaintState.OPEN
        arguments = {"staff": self.staff[number], "company": COMPANY}
        if self.state in MOVES[Move.WAIT] and not self.is_answered():
            with pytest.raises(UnansweredError):
                self.move(Move.WAIT, EventKind.WAITING, complaints.wait_for_customer, **arguments)
            return
        self.move(Move.WAIT, EventKind.WAITING, complaints.wait_for_customer, **arguments)
        if was_open:
            self.owner = self.staff[number].id

    @rule(number=st.integers(0, 1))
    def resolve(self, number: int) -> None:
        was_open = self.state is ComplaintState.OPEN
        if self.move(Move.RESOLVE, EventKind.RESOLVED, settle, staff=self.staff[number]):
            self.has_remedy = True
        if was_open:
            self.owner = self.staff[number].id

    @rule(number=st.integers(0, 1))
    def file(self, number: int) -> None:
        outcome = {"cause": "other", "remedy": "Spoke with them", "company": COMPANY}
        if self.move(Move.FILE, EventKind.FILED, complaints.file, staff=self.staff[number], **outcome):
            self.has_remedy = True

    @rule(number=st.integers(0, 1))
    def dismiss(self, number: int) -> None:
        if self.move(Move.DISMISS, EventKind.DISMISSED, complaints.dismiss, staff=self.staff[number]):
            self.owner = self.staff[number].id

    @rule()
    def confirm(self) -> None:
        self.move(Move.CONFIRM, EventKind.CONFIRMED, complaints.confirm)

    @rule()
    def end_unconfirmed(self) -> None:
        self.move(Move.END_UNCONFIRMED, EventKind.UNCONFIRMED, complaints.end_unconfirmed)

    @rule()
    def add_words(self) -> None:
        if self.state is ComplaintState.WAITING:  # their words are the answer
            self.state = ComplaintState.CLAIMED
            self.events.append(EventKind.ANSWERED)
        self.move(Move.ADD_WORDS, EventKind.WORDS_ADDED, complaints.add_words, text="more", company=COMPANY)

    @rule()
    def reopen(self) -> None:
        if self.move(Move.REOPEN, EventKind.REOPENED, complaints.reopen, text="again", company=COMPANY):
            self.has_remedy = False

    @invariant()
    def what_is_stored_is_what_happened(self) -> None:
        with self.database.reading() as session:
            complaint = complaints.find_complaint(session, self.complaint_id)
            assert complaint.state is self.state
            assert complaint.owner_id == self.owner
            assert happened(session, complaint) == self.events
            assert complaint.opened_at <= complaint.first_response_due_at <= complaint.resolution_due_at

    @invariant()
    def it_closes_only_with_all_that_it_needs(self) -> None:
        with self.database.reading() as session:
            complaint = complaints.find_complaint(session, self.complaint_id)
            assert complaint.owner_id is not None
            assert (complaint.remedy is not None) == self.has_remedy
            filed = self.has_remedy or self.state is ComplaintState.DISMISSED
            assert (complaint.closed_at is not None) == (self.state in ENDED and filed)
            if self.state in (ComplaintState.RESOLVED, ComplaintState.CONFIRMED, ComplaintState.UNCONFIRMED):
                assert complaint.resolved_at is not None

    @invariant()
    def whoever_is_waited_for_is_reminded(self) -> None:
        with self.database.reading() as session:
            complaint = complaints.find_complaint(session, self.complaint_id)
            unfiled = self.state in ENDED and complaint.closed_at is None
            waits = self.state in (ComplaintState.WAITING, ComplaintState.RESOLVED)
            assert (complaint.remind_at is not None) == (waits or unfiled)
            assert (complaint.waiting_since is not None) == (self.state is ComplaintState.WAITING)
            runs = self.state in (ComplaintState.OPEN, ComplaintState.CLAIMED)
            assert (complaint.next_step_at is not None) == runs


ComplaintMoves.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestComplaintMoves = ComplaintMoves.TestCase
