"""What managers hear of many complaints of one kind: of one customer's, and of one cause's."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from customers.desk import Rung
from customers.phrases import Phrases, listed, phrases
from customers.staff import active_staff
from feedback.complaints import reference
from feedback.escalation import who_hears
from feedback.repeats import claim_too_often
from feedback.rises import Rise, claim_rise
from handlers.matters import about_complaint
from handlers.staff.causes import causes_in_words
from store.new_rows import AnyCase
from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind

LISTED = 20
"""So many cases are named, the newest."""


def tell_rises(session: Session, rises: Sequence[Rise], *, company: Company, now: datetime) -> int:
    """Tell managers of causes that bring more than usual, each once a week; a planner, does not commit.

    Returns:
        How many were told.
    """
    drafts = []
    for rise in rises:
        occasion = claim_rise(session, rise, timezone=company.timezone, now=now)
        if occasion is not None:
            text = _rise_in_words(session, rise, company=company, now=now)
            drafts.append(_to_managers(company, text, key=occasion))
    enqueue(session, drafts, now=now)
    return len(drafts)


def too_often(session: Session, complaint: AnyCase, *, company: Company, now: datetime) -> Sequence[Draft]:
    """Tell managers where one customer complains about the same cause for the third time; else nothing."""
    claimed = claim_too_often(session, complaint, now=now)
    if claimed is None:
        return ()
    occasion, cases = claimed
    say, cause = phrases(company.language), complaint.cause or ""
    text = say(
        "🔁 {people}: one customer has complained {number} times about the same within 90 days "
        "({cause}): {references}",
        people=_managers(session, complaint.owner_id, say, now),
        number=len(cases),
        cause=causes_in_words([cause], say)[cause],
        references=_references(cases, say),
    )
    draft = _to_managers(company, text, key=occasion, complaint=complaint)
    return (draft,)


def _rise_in_words(session: Session, rise: Rise, *, company: Company, now: datetime) -> str:
    say = phrases(company.language)
    values = {
        "people": _managers(session, None, say, now),
        "cause": causes_in_words([rise.cause], say)[rise.cause],
        "number": len(rise.complaint_ids),
        "usual": f"{rise.usual:.1f}" if rise.usual >= 1 else f"{rise.usual:.2f}",
        "references": _references(rise.complaint_ids, say),
    }
    if rise.days == 1:
        return say(
            "📈 {people}: far more complaints than usual about this: {cause}. {number} today, usually "
            "{usual} a day.\n{references}",
            **values,
        )
    return say(
        "📈 {people}: far more complaints than usual about this: {cause}. {number} this week, usually "
        "{usual} a week.\n{references}",
        **values,
    )


def _references(complaint_ids: Sequence[int], say: Phrases) -> str:
    shown: Iterable[int] = complaint_ids[-LISTED:]
    more = "… " if len(complaint_ids) > LISTED else ""
    return more + listed(map(reference, shown), say)


def _managers(session: Session, owner_id: int | None, say: Phrases, now: datetime) -> str:
    with session.no_autoflush:  # what a round of others wrote can wait, to be written together
        staff = active_staff(session)
    people = who_hears(staff, Rung.MANAGER, owner_id=owner_id, now=now)
    return listed((one.name for one in people), say) or say("Everybody")


def _to_managers(company: Company, text: str, *, key: str, complaint: AnyCase | None = None) -> Draft:
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text=text,
        dedupe_key=key,
        about=None if complaint is None else about_complaint(complaint.id),
        reply_to=None if complaint is None else complaint.alert_key,
    )
