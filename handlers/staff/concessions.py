"""``/concession``: making good, by a line or by taps and a line; what is above a limit is proposed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from customers.profile import find_by_id
from feedback.complaint_rules import reference
from feedback.concession_rules import (
    LONGEST_REASON,
    NobodyApprovesError,
    ReasonError,
)
from feedback.concessions import concede
from feedback.money import AmountError, in_words, is_known, read_amount, units
from feedback.promise_rules import EndedCaseError
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.matters import about_complaint, complaint_of
from handlers.staff import desk
from handlers.staff.concession_text import (
    card,
    kinds_in_words,
    read_kind,
    telling_in_words,
    told_to_customer,
)
from handlers.staff.named_case import named_case
from handlers.staff.promises import no_such_case
from handlers.staff.questions import ask, end, say_wrong
from store.outbox import Draft
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.desk import Concession, ConcessionKind
from store.tables.staff import Staff

STEP = "concede"
PATIENCE = timedelta(minutes=10)
IN_A_ROW = 3


def start(context: StaffContext) -> Sequence[Draft]:
    """Make good in one line: ``/concession C-1042 refund 15 Late delivery``."""
    named = named_case(context)
    if named.complaint is None:
        return (no_such_case(context, is_named=named.is_named),)
    word, *rest = named.rest.split(maxsplit=1) or [""]
    kind = _offered(context, read_kind(word, context.say))
    if kind is None:
        return (context.answer(_which_kind(context)),)
    return _give_from_line(context, named.complaint, kind, rest[0] if rest else "")


def offer_kinds(context: StaffContext) -> Sequence[Draft]:
    """Ask what to give; or, once that is tapped, how much and why."""
    say = context.say
    _, arguments = parse(context.incoming.button or "")
    written, *kinds = arguments or ("",)
    found = number(written)
    complaint = None if found is None else complaint_of(context.session, about_complaint(found))
    if complaint is None or len(kinds) > 1:
        return desk.stale_button(context)
    name = reference(complaint.id)
    if not kinds:
        text = say("How do we make good for {reference}?", reference=name)
        named = kinds_in_words(say)
        buttons = [
            button(named[kind], "concede", complaint.id, kind) for kind in context.company.desk.concessions
        ]
        rows = tuple(tuple(buttons[start : start + IN_A_ROW]) for start in range(0, len(buttons), IN_A_ROW))
        return (context.answer(text, buttons=rows),)
    kind = _offered(context, ConcessionKind(kinds[0]) if kinds[0] in tuple(ConcessionKind) else None)
    if kind is None:
        return desk.stale_button(context)
    data = {"complaint": complaint.id, "kind": str(kind)}
    return (ask(context, _how_much(context, kind, name), step=STEP, data=data),)


def take_words(context: StaffContext) -> Sequence[Draft]:
    """Take how much is given, and why."""
    data: dict[str, Any] = {} if context.dialogue is None else dict(context.dialogue.data)
    complaint = complaint_of(context.session, about_complaint(int(data.get("complaint", 0))))
    if complaint is None:
        context.expect_nothing()
        return (no_such_case(context, is_named=True),)
    if context.message is not None:
        context.message.about = about_complaint(complaint.id)
    return _give_from_line(context, complaint, ConcessionKind(data["kind"]), context.incoming.text)


def _give_from_line(
    context: StaffContext, complaint: Complaint, kind: ConcessionKind, line: str
) -> Sequence[Draft]:
    """Read the amount, where there is one, and the reason; then give or propose."""
    try:
        amount, reason = _amount_and_reason(context, kind, line)
    except AmountError:
        text = _how_much(context, kind, reference(complaint.id))
        return (say_wrong(context, text, step=STEP),)
    return _give(context, complaint, kind, amount, reason)


def _give(
    context: StaffContext, complaint: Complaint, kind: ConcessionKind, amount: int, reason: str
) -> Sequence[Draft]:
    session, company, about = context.session, context.company, about_complaint(complaint.id)
    try:
        made = concede(
            session,
            complaint,
            staff=context.staff,
            kind=kind,
            amount=amount,
            reason=reason,
            company=company,
            now=context.now,
        )
    except ReasonError:
        text = context.say("Nothing was given: say why, in 1 to {most} characters.", most=LONGEST_REASON)
        return (say_wrong(context, text, step=STEP),)
    except EndedCaseError:
        end(context, step=STEP)
        text = context.say(
            "{reference} is closed, so nothing is given in it.", reference=reference(complaint.id)
        )
        return (context.answer(text, about=about),)
    except NobodyApprovesError:
        end(context, step=STEP)
        return (context.answer(_too_much(context, amount), about=about),)
    end(context, step=STEP)
    customer = find_by_id(session, complaint.customer_id)
    if customer is None:
        return (no_such_case(context, is_named=True),)
    return _shown(context, made, customer, giver=context.staff)


def _shown(context: StaffContext, made: Concession, customer: Customer, *, giver: Staff) -> Sequence[Draft]:
    """Show a new concession to staff, and tell the customer where it is given."""
    session, company = context.session, context.company
    told = told_to_customer(session, made, customer, giver, company=company)
    note = telling_in_words(session, made, customer, told, context.say)
    shown = card(session, made, customer, company=company, note=note)
    here = () if context.chat == company.staff_chat else (context.answer(shown.text, about=shown.about),)
    return (*(() if told is None else (told,)), shown, *here)


def _amount_and_reason(context: StaffContext, kind: ConcessionKind, line: str) -> tuple[int, str]:
    """Split a line into its amount and its reason.

    Raises:
        AmountError: it begins with no amount, or with one of another currency; an apology needs none.
    """
    if kind is ConcessionKind.APOLOGY:
        return 0, line
    currency = context.company.desk.currency
    first, *rest = line.split(maxsplit=1) or [""]
    reason = rest[0] if rest else ""
    word, *after = reason.split(maxsplit=1) or [""]
    if word == currency:
        reason = after[0] if after else ""
    elif word.isupper() and is_known(word):
        raise AmountError(f"amounts are in {currency} here, not in {word}")
    return read_amount(first, currency), reason


def _offered(context: StaffContext, kind: ConcessionKind | None) -> ConcessionKind | None:
    return kind if kind in context.company.desk.concessions else None


def _which_kind(context: StaffContext) -> str:
    named = kinds_in_words(context.say)
    return context.say(
        "Say what is given: {kinds}. For example: /concession C-1042 refund 15 Late delivery",
        kinds=context.say(", ").join(named[kind] for kind in context.company.desk.concessions),
    )


def _how_much(context: StaffContext, kind: ConcessionKind, name: str) -> str:
    say, currency = context.say, context.company.desk.currency
    if kind is ConcessionKind.APOLOGY:
        return say(
            "Why do we apologise for {reference}? Only we read the reason. /cancel ends this.", reference=name
        )
    return say(
        "How much for {reference}, in {currency}, and why? For example: 15 Late delivery. Only we read the "
        "reason. /cancel ends this.",
        reference=name,
        currency=currency,
    )


def _too_much(context: StaffContext, amount: int) -> str:
    company = context.company
    limits, currency = company.desk.limits, company.desk.currency
    highest = units(max(limits.values(), default=0), currency)
    return context.say(
        "Nothing was given: nobody here can approve {amount}. The highest limit is {highest}.",
        amount=in_words(amount, currency, company.language),
        highest=in_words(highest, currency, company.language),
    )
