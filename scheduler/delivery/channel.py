"""The port that delivery needs of a messaging app: send a message, or change one that was sent."""

from dataclasses import dataclass
from typing import Protocol

from store.errors import PermanentError
from store.outbox import ButtonRows, Document, Enclosure


class UnreachableError(PermanentError):
    """The customer blocked us, left, or the chat does not exist; not to be tried until they write."""


class RefusedError(PermanentError):
    """The app understood the message and will never take it."""


class FileMissingError(PermanentError):
    """A file that may be missing cannot be brought: nothing was sent, and the words may go without it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to leave.

    Attributes:
        id: the outbox row's number; a channel that can may use it to drop a repeat.
        address: the chat it goes to.
        text: plain text of any length; the channel splits or shortens to what the app takes.
        buttons: rows of buttons.
        document: a text file of ours that goes along.
        reply_to: what the app calls the message it is shown under.
        speaks_first: whether nobody asked for it: a visit, a greeting, an offer.
        attachments: what somebody sent, which goes along; where one cannot be brought, its ``otherwise`` is.
        takes_back: for an edit: whether what went along with the original goes away, too.
    """

    id: int
    address: str
    text: str
    buttons: ButtonRows = ()
    document: Document | None = None
    reply_to: str | None = None
    speaks_first: bool = False
    attachments: tuple[Enclosure, ...] = ()
    takes_back: bool = False


class Channel(Protocol):
    """A messaging app, as the road out sees it. The contract suite says what each must do.

    Both calls raise ``UnreachableError`` or ``RefusedError`` where trying again is useless, and
    ``store.errors.TemporaryError`` where it is not (with ``retry_after_s`` where the app named a wait, and
    ``maybe_delivered`` where nobody can know whether the app took the message). ``send`` raises
    ``FileMissingError`` where what may be missing cannot be brought. They never interpret text
    as markup and never raise a library's own errors.
    """

    @property
    def name(self) -> str:
        """The channel's name, as it stands in identities and in the outbox."""

    async def send(self, message: Outgoing) -> str:
        """Send a message and return what the app calls it."""

    async def edit(self, external_id: str, message: Outgoing) -> None:
        """Replace text and buttons of a message that was sent; already so is no error."""

    async def look(self) -> None:
        """Ask the app whether it takes calls, without sending anything; raises ``TemporaryError`` if not."""
