"""Which talks of several steps are under way with staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from customers.company import Chat
from store.tables.conversations import Dialogue
from store.tables.staff import Staff, StaffIdentity


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody of the staff who was asked for words, and when."""

    staff_id: int
    name: str
    since: datetime


def writing_about(
    session: Session, about: str, *, step: str, since: datetime, staff_chat: Chat
) -> Sequence[Writing]:
    """Find who of the staff is at a step of a talk about a matter, first come first.

    They are looked for where they talk with us: in the staff chat, and alone. Whose talk knows more than the
    matter has begun to answer.

    Args:
        session: the open transaction.
        about: the matter, as the talk's data names it.
        step: of the talk.
        since: talks that stand still for longer do not count.
        staff_chat: the chat that staff share.
    """
    people = session.execute(
        select(StaffIdentity.channel, StaffIdentity.sender, Staff.id, Staff.name)
        .join(Staff, Staff.id == StaffIdentity.staff_id)
        .where(Staff.active.is_(True))
    ).all()
    named = {(one.channel, one.sender): one for one in people}
    places = {(channel, sender, sender) for channel, sender in named}
    places |= {(staff_chat.channel, staff_chat.address, sender) for _, sender in named}
    talks = session.scalars(
        select(Dialogue)
        .where(
            tuple_(Dialogue.channel, Dialogue.address, Dialogue.sender).in_(places),
            Dialogue.step == step,
            Dialogue.updated_at >= since,
        )
        .order_by(Dialogue.updated_at)
    )
    return [
        Writing(named[talk.channel, talk.sender].id, named[talk.channel, talk.sender].name, talk.updated_at)
        for talk in talks
        if talk.data == {"about": about} and (talk.channel, talk.sender) in named
    ]
