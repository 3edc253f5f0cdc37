"""Which case a command of staff is about: the one it names, else the one that it replies to."""

from dataclasses import dataclass

from feedback.complaint_rules import parse_reference
from handlers.context import StaffContext
from handlers.matters import about_complaint, complaint_of
from store.outbox import find_by_external_id
from store.tables.complaints import Complaint


@dataclass(frozen=True, slots=True)
class Named:
    """What a command is about.

    Attributes:
        complaint: the case; None where there is none such.
        rest: what the command says besides.
        is_named: whether a case was named at all, here or by the message above.
    """

    complaint: Complaint | None
    rest: str
    is_named: bool


def named_case(context: StaffContext) -> Named:
    """Read the case with which a command's argument begins; a reply to a case's message need not name it.

    The message is kept as one about the case, so that it is erased with its customer.
    """
    argument = context.incoming.argument
    first, *rest = argument.split(maxsplit=1) or [""]
    number = parse_reference(first)
    if number is None:
        about, words = _above(context), argument
    else:
        about, words = about_complaint(number), rest[0] if rest else ""
    complaint = complaint_of(context.session, about)
    if complaint is not None and context.message is not None:
        context.message.about = about_complaint(complaint.id)
    return Named(complaint, words, number is not None or complaint is not None)


def _above(context: StaffContext) -> str:
    """Tell what the message above this one is about; "" for nothing."""
    incoming = context.incoming
    if incoming.reply_to is None:
        return ""
    above = find_by_external_id(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.reply_to,
    )
    return "" if above is None else above.about or ""
