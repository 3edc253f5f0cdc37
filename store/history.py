"""What was said in a chat that we show ourselves: what came in and what was sent, merged by time.

Only such chats have an index that brings their rows in order (``SHOWN_HERE``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from store.outbox import Body, ButtonRows, Enclosure
from store.tables.conversations import SHOWN_HERE, Message
from store.tables.queues import OutboxMessage, OutboxState
from store.tables.staff import Staff, StaffIdentity

SHOWN_STATES = (OutboxState.SENDING, OutboxState.SENT, OutboxState.UNCERTAIN)
"""A message being sent belongs to the history: whoever connects between the push and its note must see it."""


ROWS_AT_ONCE = 500

PAGE_CHARACTERS = 300_000
"""A page ends early once its texts are this long together."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of history begins: what is older has smaller numbers in both tables."""

    message_id: int
    outbox_id: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a chat.

    Attributes:
        id: what the chat calls it; the outbox row's number, or the id the message came with.
        sender: who wrote it; None for us.
        at: when it was written, or sent.
        text: plain text, with later corrections applied.
        buttons: rows of buttons.
        document_name: the name of the file that went along; None where there is none.
        attachments: references to what came along, as ``handlers.incoming.Attachment`` is stored; of what we
            said the fields of ``store.outbox.Enclosure``.
        reply_to: the id of the message it is shown under.
        edited: whether the text is a correction.
        taken_back: whether what went along is gone.
    """

    id: str
    sender: str | None
    at: datetime
    text: str
    buttons: ButtonRows = ()
    document_name: str | None = None
    attachments: Sequence[Mapping[str, Any]] = ()
    reply_to: str | None = None
    edited: bool = False
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a chat, oldest first; ``earlier`` leads to the one before it, if there is one."""

    said: tuple[Said, ...]
    earlier: Cursor | None


@dataclass(slots=True)
class _Newest:
    """The newest rows of both tables, taken one by one from the newest end."""

    incoming: Sequence[Message]
    outgoing: Sequence[OutboxMessage]
    messages: list[Message] = field(default_factory=list)
    sent: list[OutboxMessage] = field(default_factory=list)

    def take(self, limit: int) -> None:
        """Take up to ``limit`` rows, fewer where they are long; of each table the newest, without a gap."""
        characters = 0
        while len(self.messages) + len(self.sent) < limit and characters < PAGE_CHARACTERS:
            message = next(iter(self.incoming[len(self.messages) :]), None)
            row = next(iter(self.outgoing[len(self.sent) :]), None)
            if row is not None and (message is None or _moment(row) >= message.at):
                self.sent.append(row)
                characters += len(row.body["text"])
            elif message is not None:
                self.messages.append(message)
                characters += len(message.text)
            else:
                return

    @property
    def has_more(self) -> bool:
        """Whether rows were left."""
        return len(self.messages) < len(self.incoming) or len(self.sent) < len(self.outgoing)


def read_history(
    session: Session, *, channel: str, address: str, limit: int, before: Cursor | None = None
) -> Page:
    """Read the newest ``limit`` messages of a chat, or the newest before a cursor."""
    newest = _Newest(
        _incoming(session, channel, address, before, limit + 1),
        _outgoing(session, channel, address, before, limit + 1),
    )
    newest.take(limit)
    said = [
        *((message.at, 0, message.id, _heard(message)) for message in newest.messages),
        *(
            (_moment(row), 1, row.id, shown)
            for row, shown in _with_edits(session, channel, address, newest.sent)
        ),
    ]
    said.sort(key=lambda item: item[:3])
    earlier = _cursor(newest, before) if newest.has_more else None
    return Page(tuple(item[3] for item in said), earlier)


def has_heard(session: Session, *, channel: str, address: str) -> bool:
    """Tell whether anything that came in from a chat is still kept."""
    kept = select(Message.id).where(_came_on(channel), Message.address == address).limit(1)
    return session.scalar(kept) is not None


def find_sent_file(
    session: Session, *, channel: str, address: str, row_id: int, place: int
) -> Enclosure | None:
    """Find one of the files that went along with a message that was sent to a chat, from 0."""
    row = _shown(session, channel, address, row_id)
    attachments = () if row is None else Body.from_json(row.body).attachments
    return attachments[place] if 0 <= place < len(attachments) else None


def rows_without_files(session: Session, rows: Collection[int]) -> frozenset[int]:
    """Tell which messages of ours have nothing to go along with them, or are gone."""
    kept: set[int] = set()
    numbers = sorted(rows)
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        wanted = OutboxMessage.id.in_(numbers[start : start + ROWS_AT_ONCE])
        bodies = session.execute(select(OutboxMessage.id, OutboxMessage.body).where(wanted))
        kept |= {row.id for row in bodies if Body.from_json(row.body).attachments}
    return frozenset(rows) - kept


def mentioned_files(session: Session, *, channel: str) -> frozenset[str]:
    """Collect the references of all that came along with kept messages of a channel."""
    rows = session.scalars(select(Message.attachments).where(_came_on(channel)))
    return frozenset(str(attachment["reference"]) for row in rows for attachment in row)


def read_heard(session: Session, *, channel: str, address: str, external_id: str) -> Said | None:
    """Read what came in on a chat under an id, as it reads now; None where it is not kept."""
    message = session.scalar(
        select(Message)
        .where(Message.channel == channel, Message.address == address, Message.external_id == external_id)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return None if message is None else _heard(message)


def read_sent(session: Session, *, channel: str, address: str, row_id: int) -> Said | None:
    """Read what was sent to a chat, or is being sent, as it read then; None where there is nothing."""
    row = _shown(session, channel, address, row_id)
    if row is None or row.edits is not None:
        return None
    return _sent(row, None, _ids_of_keys(session, [row.reply_to] if row.reply_to else []))


def read_change(session: Session, *, channel: str, address: str, row_id: int) -> Said | None:
    """Read a message of ours as the correction of this number makes it; None where there is no such thing."""
    edit = _shown(session, channel, address, row_id)
    if edit is None or edit.edits is None:
        return None
    row = session.scalar(select(OutboxMessage).where(OutboxMessage.dedupe_key == edit.edits))
    return None if row is None else _sent(row, Body.from_json(edit.body), {})


def was_sent(session: Session, *, channel: str, address: str, row_id: int) -> bool:
    """Tell whether a message of this number was sent to a chat, or is being sent."""
    return _shown(session, channel, address, row_id) is not None


def find_sent_document(session: Session, *, channel: str, address: str, row_id: int) -> Body | None:
    """Find a message with a document that was sent to a chat."""
    row = _shown(session, channel, address, row_id)
    body = None if row is None else Body.from_json(row.body)
    return body if body is not None and body.document is not None else None


def _shown(session: Session, channel: str, address: str, row_id: int) -> OutboxMessage | None:
    return session.scalar(
        select(OutboxMessage).where(
            OutboxMessage.id == row_id,
            OutboxMessage.channel == channel,
            OutboxMessage.address == address,
            OutboxMessage.state.in_(SHOWN_STATES),
        )
    )


def active_names(session: Session, *, channel: str, senders: Collection[str]) -> Mapping[str, str]:
    """Name the active members of staff among those who speak on a channel."""
    return _staff_names(session, channel, senders, only_active=True)


def past_and_present_names(session: Session, *, channel: str, senders: Collection[str]) -> Mapping[str, str]:
    """Name the members of staff among those who speak on a channel, those who left included."""
    return _staff_names(session, channel, senders, only_active=False)


def _staff_names(
    session: Session, channel: str, senders: Collection[str], *, only_active: bool
) -> Mapping[str, str]:
    if not senders:
        return {}
    query = (
        select(StaffIdentity.sender, Staff.name)
        .join(Staff, Staff.id == StaffIdentity.staff_id)
        .where(StaffIdentity.channel == channel, StaffIdentity.sender.in_(senders))
    )
    rows = session.execute(query.where(Staff.active.is_(True)) if only_active else query)
    return {row.sender: row.name for row in rows}


def _came_on(channel: str) -> ColumnElement[bool]:
    return Message.channel == _name_of(channel)


def _went_to(channel: str) -> ColumnElement[bool]:
    return OutboxMessage.channel == _name_of(channel)


def _name_of(channel: str) -> str | ColumnElement[str]:
    """Write the channel that has an index of its own as a literal: it does not serve a bound value."""
    return literal_column(f"'{SHOWN_HERE}'") if channel == SHOWN_HERE else channel


def _incoming(
    session: Session, channel: str, address: str, before: Cursor | None, limit: int
) -> Sequence[Message]:
    query = select(Message).where(_came_on(channel), Message.address == address)
    if before is not None:
        query = query.where(Message.id < before.message_id)
    return session.scalars(query.order_by(Message.id.desc()).limit(limit)).all()


def _outgoing(
    session: Session, channel: str, address: str, before: Cursor | None, limit: int
) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(
        _went_to(channel),
        OutboxMessage.address == address,
        OutboxMessage.state.in_(SHOWN_STATES),
        OutboxMessage.edits.is_(None),
    )
    if before is not None:
        query = query.where(OutboxMessage.id < before.outbox_id)
    return session.scalars(query.order_by(OutboxMessage.id.desc()).limit(limit)).all()


def _with_edits(
    session: Session, channel: str, address: str, rows: Sequence[OutboxMessage]
) -> Iterable[tuple[OutboxMessage, Said]]:
    """Pair each sent row with what it says by now; a correction is always younger than what it corrects."""
    if not rows:
        return []
    keys = {row.dedupe_key for row in rows}
    edits = session.scalars(
        select(OutboxMessage)
        .where(
            _went_to(channel),
            OutboxMessage.address == address,
            OutboxMessage.id > min(row.id for row in rows),
            OutboxMessage.edits.is_not(None),
            OutboxMessage.state.in_(SHOWN_STATES),
        )
        .order_by(OutboxMessage.id)
    )
    latest = {edit.edits: Body.from_json(edit.body) for edit in edits if edit.edits in keys}
    answered = _ids_of_keys(session, [row.reply_to for row in rows if row.reply_to])
    return [(row, _sent(row, latest.get(row.dedupe_key), answered)) for row in rows]


def _ids_of_keys(session: Session, keys: Collection[str]) -> Mapping[str, str]:
    if not keys:
        return {}
    rows = session.execute(
        select(OutboxMessage.dedupe_key, OutboxMessage.id).where(OutboxMessage.dedupe_key.in_(keys))
    )
    return {row.dedupe_key: str(row.id) for row in rows}


def _heard(message: Message) -> Said:
    return Said(
        id=message.external_id or f"row-{message.id}",
        sender=message.sender,
        at=message.at,
        text=message.text,
        attachments=tuple(message.attachments),
        reply_to=message.reply_to,
        edited=message.edited_at is not None,
    )


def _sent(row: OutboxMessage, edit: Body | None, answered: Mapping[str, str]) -> Said:
    body = Body.from_json(row.body)
    current = edit or body
    return Said(
        id=str(row.id),
        sender=None,
        at=_moment(row),
        text=current.text,
        buttons=current.buttons,
        document_name=None if body.document is None else body.document.name,
        attachments=() if current.takes_back else tuple(asdict(one) for one in body.attachments),
        reply_to=answered.get(row.reply_to or ""),
        taken_back=current.takes_back,
    )


def _moment(row: OutboxMessage) -> datetime:
    return row.sent_at or row.not_before


def _cursor(newest: _Newest, before: Cursor | None) -> Cursor:
    beyond = 10**17  # more rows than any database holds
    return Cursor(
        min((message.id for message in newest.messages), default=before.message_id if before else beyond),
        min((row.id for row in newest.sent), default=before.outbox_id if before else beyond),
    )
