"""Everything that is held on a customer: shown to them, or erased.

``HOLDINGS`` names every table that refers to a customer. A test compares it with all tables that have a
``customer_id``, so that a new one cannot be forgotten.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from store.kept_back import went_out
from store.outbox import Body
from store.tables.base import Base
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Consent, Customer, CustomerTag, FestivalChoice, Identity
from store.tables.desk import Concession, ConcessionState, Promise
from store.tables.feedback import CustomerAtRisk, Feedback, SatisfactionEntry
from store.tables.learning import StaffCorrection
from store.tables.outreach import (
    CampaignAnswer,
    Event,
    EventGuest,
    Purchase,
    Referral,
    Suppression,
    Task,
    TrialMember,
    Visit,
    VisitTurn,
)
from store.tables.queues import OutboxMessage
from store.tables.search import SearchRow
from store.tables.second_looks import SecondLookRow
from store.tables.staff import Staff

Section = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holding:
    """One table that refers to a customer.

    Attributes:
        section: its name in the document; also what is counted when it is erased.
        table: its class; it has a ``customer_id``.
        fields: the columns that the customer is shown.
        more: what else is shown of a row, where columns do not say it.
        tells: whether the customer is shown a row; what was proposed for them, and not given, is among staff.
    """

    section: str
    table: type[Base]
    fields: tuple[str, ...]
    more: Callable[[Session, Any], Section] = lambda _session, _row: {}
    tells: Callable[[Any], bool] = lambda _row: True

    def rows(self, session: Session, customer_id: int) -> Sequence[Any]:
        """Give the customer's rows, in the order of their keys."""
        mapper = inspect(self.table)
        mine = select(self.table).where(mapper.columns["customer_id"] == customer_id)
        return session.scalars(mine.order_by(*mapper.primary_key)).all()

    def shown(self, session: Session, customer_id: int) -> list[Section]:
        """Give the customer's rows as they are shown to them."""
        return [
            {name: getattr(row, name) for name in self.fields} | self.more(session, row)
            for row in self.rows(session, customer_id)
            if self.tells(row)
        ]


SHOWN_EVENTS = frozenset(
    {"opened", "words_added", "taken", "responded", "resolved", "confirmed", "reopened", "dismissed"}
    | {"rated", "waiting", "answered", "unconfirmed", "withdrawn"}
    | {"promised", "promise_kept", "promise_confirmed", "promise_broken", "promise_withdrawn"}
    | {"concession_given"}
)
"""What of a case's history its customer is shown. What is not named here is among staff: a note, who was
reminded, what was allowed; so is whatever is invented later, until somebody adds it here."""

SHOWN_WORDS = frozenset({"opened", "words_added", "responded", "reopened", "rated"})
"""Events whose words the customer wrote, or was sent."""


def _owner_and_history(session: Session, complaint: Complaint) -> Section:
    events = session.scalars(
        select(ComplaintEvent)
        .where(
            ComplaintEvent.complaint_id == complaint.id,
            ComplaintEvent.what.in_(SHOWN_EVENTS),
            went_out(complaint.id),
        )
        .order_by(ComplaintEvent.id)
    )
    history = [
        {
            "at": event.at,
            "what": event.what,
            "by": _public_name(session, event.staff_id),
            "text": event.text if event.what in SHOWN_WORDS else "",
        }
        for event in events
    ]
    return {"answered_by": _public_name(session, complaint.owner_id), "history": history}


def _public_name(session: Session, staff_id: int | None) -> str | None:
    """Name a member of staff as customers read it, where the company does not speak under one name."""
    staff = None if staff_id is None else session.get(Staff, staff_id)
    return None if staff is None else staff.public_name or staff.name


def _words_sent(_session: Session, message: OutboxMessage) -> Section:
    body = Body.from_json(message.body)
    return {
        "text": body.text,
        "document": None if body.document is None else body.document.name,
        "attachments": [{"kind": one.kind, "name": one.name} for one in body.attachments],
    }


def _word_of_staff(session: Session, feedback: Feedback) -> Section:
    said = select(StaffCorrection.kind).where(StaffCorrection.feedback_id == feedback.id)
    return {"by_the_word_of_staff": session.scalar(said)}


def _promised_by(session: Session, promise: Promise) -> Section:
    return {"by": _public_name(session, promise.staff_id)}


def _is_given(concession: Concession) -> bool:
    return concession.state is ConcessionState.GIVEN


def _referred_to(session: Session, referral: Referral) -> Section:
    return {"event": session.scalar(select(Event.title).where(Event.id == referral.event_id))}


def _event_title(session: Session, guest: EventGuest) -> Section:
    return {"event": session.scalar(select(Event.title).where(Event.id == guest.event_id))}


HOLDINGS = (
    Holding(
        "identities",
        Identity,
        ("channel", "sender", "address", "username", "created_at", "last_used_at", "unreachable_since"),
    ),
    Holding("consents", Consent, ("purpose", "granted", "changed_at")),
    Holding("messages_from_you", Message, ("at", "channel", "text", "attachments", "edited_at")),
    Holding(
        "messages_to_you",
        OutboxMessage,
        ("created_at", "sent_at", "channel", "kind", "purpose", "state"),
        _words_sent,
    ),
    Holding("feedback", Feedback, ("at", "kind", "polarity", "why"), _word_of_staff),
    Holding(
        "second_looks",
        SecondLookRow,
        (
            "asked_at",
            "reason",
            "first_kind",
            "first_polarity",
            "first_probabilities",
            "looked_at",
            "second_probabilities",
            "model",
            "outcome",
        ),
    ),
    Holding(
        "satisfaction_entries", SatisfactionEntry, ("at", "source", "value", "weight", "aspects", "evidence")
    ),
    Holding("at_risk", CustomerAtRisk, ("reason", "since")),
    # The words of it are those of messages and cases, and of what staff noted, which is theirs alone.
    Holding("found_by_search", SearchRow, ("at",)),
    Holding(
        "complaints",
        Complaint,
        (
            "id",
            "state",
            "text",
            "urgent",
            "opened_at",
            "first_response_due_at",
            "resolution_due_at",
            "first_response_at",
            "resolved_at",
            "closed_at",
            "csat",
            "csat_asked_at",
        ),
        _owner_and_history,
    ),
    Holding("promises", Promise, ("text", "state", "made_at", "due_at", "closed_at"), _promised_by),
    Holding("concessions", Concession, ("kind", "amount", "currency", "decided_at"), tells=_is_given),
    Holding(
        "visits", Visit, ("programme", "due_on", "created_at", "state", "answered_at", "rating", "answers")
    ),
    Holding("visits_to_come", VisitTurn, ("programme", "due_at")),
    Holding("tasks", Task, ("kind", "created_at", "done_at")),
    Holding(
        "invitations",
        EventGuest,
        ("answer", "answered_at", "companions", "waiting_since", "offered_until", "checked_in_at", "stars"),
        _event_title,
    ),
    Holding("referrals", Referral, ("code", "created_at"), _referred_to),
    Holding("purchases", Purchase, ("reference", "at", "what", "amount")),
    Holding("tags", CustomerTag, ("tag", "at")),
    Holding("festivals", FestivalChoice, ("festival", "wanted", "at")),
    Holding("campaign_answers", CampaignAnswer, ("button", "at")),
    Holding("not_written_to", Suppression, ("occasion", "purpose", "reason", "at")),
    Holding("trials", TrialMember, ("trial", "arm", "at")),
)

PROFILE_FIELDS = (
    "display_name",
    "language",
    "country",
    "timezone",
    "standing",
    "source",
    "phone",
    "created_at",
    "last_contact_at",
    "visited_at",
    "greeted_on",
    "rating_asked_at",
    "birthday",
)


def everything_on(session: Session, customer: Customer, *, speaks_as: str | None = None) -> Mapping[str, Any]:
    """Collect all that is held on a customer, section by section; staff appear by name only.

    Args:
        session: the open transaction.
        customer: on whom.
        speaks_as: the name under which all staff speak; None is each one's own.
    """
    profile = {name: getattr(customer, name) for name in PROFILE_FIELDS}
    profile["designated_contact"] = _public_name(session, customer.contact_id)
    satisfaction = {
        "index": customer.index,
        "evidence_weight": customer.evidence_weight,
        "evidence_at": customer.evidence_at,
    }
    sections = {holding.section: holding.shown(session, customer.id) for holding in HOLDINGS}
    everything = {"profile": profile, "satisfaction_index": satisfaction, **sections}
    return everything if speaks_as is None else _under_one_name(everything, speaks_as)


NAMES_OF_STAFF = frozenset({"answered_by", "by", "designated_contact"})


def _under_one_name(shown: Any, name: str) -> Any:
    """Put one name in the place of all names of staff."""
    if isinstance(shown, Mapping):
        return {
            key: name if key in NAMES_OF_STAFF and value is not None else _under_one_name(value, name)
            for key, value in shown.items()
        }
    return [_under_one_name(one, name) for one in shown] if isinstance(shown, list) else shown


def to_document(everything: Mapping[str, Any]) -> str:
    """Write what is held on a customer as one JSON document; moments are ISO 8601 in UTC."""
    return json.dumps(everything, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be written into the document")
