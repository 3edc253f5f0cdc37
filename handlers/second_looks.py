"""What a second look at a message changes: the record, and a complaint that was missed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from customers.consent import may_be_told
from customers.phrases import phrases
from feedback.complaints import most_on_mind, pending_complaints, pending_of, reference
from feedback.record import refine_feedback
from feedback.second_look.both import is_known, refined
from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.deciding import Look, decide
from feedback.understanding import Understanding, understand
from handlers.context import CustomerContext
from handlers.customer.complaint import (
    add_to_case,
    also_settled,
    due_in_words,
    its_case,
    open_case,
    who_answers,
)
from handlers.incoming import Attachment, AttachmentKind, Incoming, IncomingKind, Sender
from handlers.matters import about_customer, complaint_of, concerns_complaint
from handlers.rounds import CONVERSATION
from handlers.staff.alerts import second_look_head
from handlers.staff.follow_ups import quoted_to_staff, staff_say
from store.outbox import Body, Draft, enqueue
from store.second_looks import HeldLook, hold_looks
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import FeedbackKind
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.second_looks import LookReason, Outcome
from store.threads import messages_about, spoken_of

OPENS_WITHIN = timedelta(days=1)
"""A complaint that was missed longer ago is noted in the record, and no case is made of it: by then somebody
has answered, or the customer has written again."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that was read a second time.

    Attributes:
        feedback_id: the feedback that was made of it.
        text: as it stood then; where it was corrected since, it is read again.
        opinion: what was found; ``None`` where it is nothing that can be read.
    """

    feedback_id: int
    text: str
    opinion: SecondOpinion | None


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of messages that were read a second time.

    Attributes:
        outcomes: how many of each, by why they were asked for.
        channels: for which something was queued.
        longest_s: the longest that one of them had waited, in seconds.
    """

    outcomes: Mapping[tuple[LookReason, Outcome], int]
    channels: frozenset[str]
    longest_s: float = 0.0


def words_to_read(text: str) -> str:
    """Give what a message says without the command before it."""
    if not text.startswith("/"):
        return text
    _, *words = text.split(maxsplit=1)
    return words[0] if words else ""


def apply_looks(
    session: Session, seen: Sequence[Seen], *, company: Company, model: str, now: datetime
) -> Applied:
    """Let second looks count, each once however often it comes; does not commit.

    What was erased, corrected or seen to meanwhile is left alone; so is, until the next time, whatever
    belongs to a customer with whom another transaction is busy.

    Args:
        session: the open transaction.
        seen: what was read.
        company: who we are.
        model: names what read it.
        now: aware UTC.
    """
    by_id = {one.feedback_id: one for one in seen}
    outcomes: Counter[tuple[LookReason, Outcome]] = Counter()
    channels: set[str] = set()
    longest_s = 0.0
    for held in hold_looks(session, by_id):
        one = by_id[held.feedback.id]
        if held.message.text != one.text:
            continue
        outcome, drafts = _apply(session, held, one, company, now)
        enqueue(session, drafts, now=now)
        row = held.row
        row.looked_at, row.outcome, row.model = now, outcome, model
        outcomes[row.reason, outcome] += 1
        channels |= {draft.channel for draft in drafts}
        longest_s = max(longest_s, (now - row.asked_at).total_seconds())
    return Applied(outcomes, frozenset(channels), longest_s)


def give_up(session: Session, feedback_id: int, *, now: datetime) -> None:
    """Note that a message cannot be read a second time, so that it holds up no other; does not commit."""
    for held in hold_looks(session, [feedback_id]):
        held.row.looked_at, held.row.outcome = now, Outcome.UNREADABLE


def _apply(
    session: Session, held: HeldLook, seen: Seen, company: Company, now: datetime
) -> tuple[Outcome, Sequence[Draft]]:
    """Let one second look count: what it changed, and what must be sent."""
    opinion = seen.opinion
    if opinion is None:
        return Outcome.UNREADABLE, ()
    row = held.row
    row.second_probabilities = [
        round(chance, 4)
        for chance in (opinion.negative, opinion.neutral, opinion.positive, opinion.complaint)
    ]
    negative, neutral, positive, complaint = row.first_probabilities
    first = Look(row.first_kind, row.first_polarity, (negative, neutral, positive), complaint)
    look = decide(first, opinion, rated_low=row.reason is LookReason.RATING_CONTRADICTS)
    words = words_to_read(held.message.text)
    if look is first or held.feedback.kind is not row.first_kind or is_known(words):
        return Outcome.UNCHANGED, ()
    # Anew: whoever applies it knows the company's parts of the service and what staff have taught.
    understanding = understand(words)
    refine_feedback(
        session, customer=held.customer, feedback=held.feedback, look=look, named=understanding.aspects
    )
    if look.kind is not FeedbackKind.COMPLAINT or row.first_kind is FeedbackKind.COMPLAINT:
        return Outcome.REFINED, ()
    found = replace(refined(understanding, opinion), kind=look.kind, polarity=look.polarity)
    return _see_to_complaint(session, held, found, company=company, now=now)


def _see_to_complaint(
    session: Session, held: HeldLook, understanding: Understanding, *, company: Company, now: datetime
) -> tuple[Outcome, Sequence[Draft]]:
    """Open a case for a complaint that was missed, or add it to the one that is under way."""
    message, customer = held.message, held.customer
    is_late = now - message.at > OPENS_WITHIN
    if is_late or concerns_complaint(message.about) or message.channel not in company.channels:
        return Outcome.REFINED, ()
    if _has_a_person(session, message, customer):
        return Outcome.REFINED, ()
    words = words_to_read(message.text)
    context = _context(session, held, understanding, company=company, now=now)
    case = its_case(context, words)
    if case is not None:
        outcome, drafts = Outcome.ADDED_TO_CASE, add_to_case(context, case, message, words)
    else:
        outcome, drafts = Outcome.COMPLAINT_OPENED, _open(context, message, words)
    drafts = _joined(context, message, words, drafts)
    named = _named(drafts, f"second:{held.feedback.id}")
    may_hear = may_be_told(session, customer.id)
    return outcome, [draft for draft in named if draft.customer_id is None or may_hear]


def _has_a_person(session: Session, message: Message, customer: Customer) -> bool:
    """Whether it was said in talk with a person, who has it: then no case is made over their head."""
    about = about_customer(customer.id)
    return message.about == about and bool(spoken_of(session, [about], message.at - CONVERSATION))


def _joined(
    context: CustomerContext, message: Message, words: str, drafts: Sequence[Draft]
) -> Sequence[Draft]:
    """Join what staff got of these words before to the case, so that they are not told twice of one thing."""
    complaint, before = complaint_of(context.session, message.about or ""), _passed_on(context, words)
    if complaint is None or before is None:
        return drafts
    before.about = message.about  # whoever replies to it answers the case
    alert_key = f"alert:{complaint.id}"
    note = staff_say(context)("⤵️ This belongs to {reference}: see below.", reference=reference(complaint.id))
    joined = Draft(
        kind=MessageKind.ALERT,
        channel=before.channel,
        address=before.address,
        text=f"{Body.from_json(before.body).text}\n{note}",
        about=message.about,
        edits=before.dedupe_key,
    )
    beneath = [
        replace(draft, reply_to=before.dedupe_key) if draft.dedupe_key == alert_key else draft
        for draft in drafts
    ]
    return *beneath, joined


def _passed_on(context: CustomerContext, words: str) -> OutboxMessage | None:
    """Find the message by which staff got words before; None where they did not."""
    staff_chat, quoted = context.company.staff_chat, quoted_to_staff(context, words)
    of_customer = messages_about(context.session, [about_customer(context.customer.id)])
    found = (
        one
        for one in reversed(of_customer)
        if (one.channel, one.address, one.edits) == (staff_chat.channel, staff_chat.address, None)
        and quoted in Body.from_json(one.body).text
    )
    return next(found, None)


def _open(context: CustomerContext, message: Message, words: str) -> Sequence[Draft]:
    """Open a case: staff learn how it came about, and the customer that we understood only now."""
    answer, alert, *rest = open_case(context, message, words)
    complaint = pending_complaints(context.session, [context.customer.id], now=context.now)[-1]
    text = context.say(
        "I have read this again: it sounds as if something went wrong, and I am sorry about it. Your "
        "complaint has the number {reference}. {who} will answer you here by {due}. If I got you wrong, "
        "just say so.",
        reference=reference(complaint.id),
        who=who_answers(context, complaint),
        due=due_in_words(context, complaint),
    )
    head = second_look_head(phrases(context.company.language))
    text = also_settled(context, complaint, text)
    return replace(answer, text=text), replace(alert, text=f"{head}\n{alert.text}"), *rest


def _named(drafts: Sequence[Draft], occasion: str) -> Sequence[Draft]:
    """Name what has no name yet after the second look, which happens once."""
    return [
        draft if draft.dedupe_key else replace(draft, dedupe_key=f"{occasion}:{draft.kind}:{place}")
        for place, draft in enumerate(drafts)
    ]


def _context(
    session: Session,
    held: HeldLook,
    understanding: Understanding,
    *,
    company: Company,
    now: datetime,
) -> CustomerContext:
    """Put a stored message before the handlers as if it had come just now."""
    message, whose = held.message, held.customer.id
    pending = pending_of(session, [whose], now=now)
    incoming = Incoming(
        channel=message.channel,
        update_id="",
        kind=IncomingKind.MESSAGE,
        address=message.address,
        sender=Sender(id=message.sender),
        at=message.at,
        text=message.text,
        message_id=message.external_id,
        attachments=tuple(
            Attachment(**{**one, "kind": AttachmentKind(one["kind"])}) for one in message.attachments
        ),
    )
    return CustomerContext(
        session=session,
        now=now,
        company=company,
        incoming=incoming,
        say=phrases(held.customer.language),
        understand=lambda _text: understanding,
        message=None,
        dialogue=None,
        customer=held.customer,
        complaint=most_on_mind(session, pending).get(whose),
        pending=pending.get(whose, ()),
        in_talk=False,
    )
