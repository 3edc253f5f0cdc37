"""What becomes of a promise: staff call it kept, withdraw it, or list what is open and what is broken."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from customers.profile import find_by_id
from customers.speaking import signature
from feedback.promise_rules import NotYoursError, PromiseError, PromiseTextError
from feedback.promises import broken_promises, find_promise, keep, open_promises, withdraw
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.staff import desk
from handlers.staff.promise_text import (
    about_promise,
    card,
    card_key,
    changed_card,
    maker_of,
    reference_of,
    to_customer,
    values_for_customer,
    where_to_tell,
)
from handlers.staff.promises import one_line
from handlers.staff.questions import ask, ask_again
from handlers.staff.telling import why_not_told
from store.errors import InputError
from store.outbox import ButtonRows, Draft
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState

STEP = "withdraw"
LISTED = 10
BROKEN_SHOWN = timedelta(days=14)


def call_kept(context: StaffContext) -> Sequence[Draft]:
    """Call a promise kept, and ask the customer whether it was."""
    made, customer = _tapped(context)
    if made is None or customer is None:
        return desk.stale_button(context)
    try:
        keep(context.session, made, staff=context.staff, now=context.now)
    except InputError as error:
        return (_refused(context, made, error),)
    say = phrases(customer.language, customer.country)
    chat = where_to_tell(context.session, made, customer)
    if chat is None:
        return _changed(context, made, customer, why_not_told(context.session, customer, context.say))
    text = say(
        "{who} says that this was done, as promised: “{words}”. Was it?",
        who=signature(context.staff, context.company, say),
        words=made.text,
    )
    asked = to_customer(made, customer, chat, text, occasion="kept", buttons=_was_it(made, say))
    return asked, *_changed(context, made, customer)


def ask_reason(context: StaffContext) -> Sequence[Draft]:
    """Ask why a promise is withdrawn: the customer reads it."""
    made, customer = _tapped(context)
    if made is None or customer is None:
        return desk.stale_button(context)
    if made.state is not PromiseState.OPEN:
        return (_stands(context, made),)
    question = context.say(
        "Why is the promise in {reference} withdrawn? The customer reads your reason. /cancel ends this.",
        reference=reference_of(made, context.say),
    )
    return (ask(context, question, step=STEP, data={"promise": made.id}),)


def take_reason(context: StaffContext) -> Sequence[Draft]:
    """Withdraw a promise, and tell the customer why."""
    data: dict[str, Any] = {} if context.dialogue is None else dict(context.dialogue.data)
    made = find_promise(context.session, int(data.get("promise", 0)))
    customer = None if made is None else find_by_id(context.session, made.customer_id)
    if made is None or customer is None:
        context.expect_nothing()
        return desk.stale_button(context)
    if context.message is not None:
        context.message.about = about_promise(made)
    try:
        reason = withdraw(
            context.session, made, staff=context.staff, reason=context.incoming.text, now=context.now
        )
    except PromiseTextError:
        return (ask_again(context, one_line(context.say)),)
    except InputError as error:
        context.expect_nothing()
        return (_refused(context, made, error),)
    context.expect_nothing()
    say = phrases(customer.language, customer.country)
    chat = where_to_tell(context.session, made, customer)
    if chat is None:
        return _changed(context, made, customer, why_not_told(context.session, customer, context.say))
    text = say(
        "{who} cannot keep what was promised to you by {due}: “{words}”. The reason: {reason}",
        who=signature(context.staff, context.company, say),
        reason=reason,
        **values_for_customer(made, customer, context.company),
    )
    told = to_customer(made, customer, chat, text, occasion="withdrawn")
    return told, *_changed(context, made, customer, context.say("The reason: {reason}", reason=reason))


def list_(context: StaffContext) -> Sequence[Draft]:
    """List who asks' open promises, and those of anybody that were broken lately; no customer is named."""
    session, say = context.session, context.say
    mine = open_promises(session, staff_id=context.staff.id, limit=LISTED)
    broken = broken_promises(session, since=context.now - BROKEN_SHOWN, limit=LISTED)
    if not mine and not broken:
        return (context.answer(say("You have promised nothing that is open, and nothing is broken.")),)
    lines = [say("Your open promises:"), *(_line(context, made) for made in mine)] if mine else []
    if broken:
        lines += [say("Broken in the last 14 days:"), *(_line(context, made) for made in broken)]
    numbers = [button(reference_of(made, say), "promised", made.id) for made in (*mine, *broken)]
    rows = tuple(tuple(numbers[start : start + 3]) for start in range(0, len(numbers), 3))
    return (context.answer("\n".join(lines), buttons=rows),)


def show(context: StaffContext) -> Sequence[Draft]:
    """Show one promise of the list."""
    made, customer = _tapped(context)
    if made is None or customer is None:
        return desk.stale_button(context)
    shown = card(context.session, made, customer, company=context.company)
    return (context.answer(shown.text, buttons=shown.buttons, about=shown.about),)


def _changed(context: StaffContext, made: Promise, customer: Customer, note: str = "") -> Sequence[Draft]:
    """Show staff where a promise stands now: on its card, and where they tapped, if that is elsewhere."""
    change = changed_card(context.session, made, customer, company=context.company, note=note)
    if context.chat == context.company.staff_chat:
        return (change,)
    return change, context.answer(change.text, about=change.about)


def _tapped(context: StaffContext) -> tuple[Promise | None, Customer | None]:
    """Find the promise that a button names, and whose it is; None for what is gone or never was."""
    _, arguments = parse(context.incoming.button or "")
    found = number(arguments[0]) if len(arguments) == 1 else None
    made = None if found is None else find_promise(context.session, found)
    return made, None if made is None else find_by_id(context.session, made.customer_id)


def _refused(context: StaffContext, made: Promise, error: InputError) -> Draft:
    """Say why a tap changed nothing."""
    if isinstance(error, NotYoursError):
        text = context.say(
            "Only {maker}, the owner of {reference} and leads can say what became of this promise.",
            maker=maker_of(context.session, made, context.say),
            reference=reference_of(made, context.say),
        )
        return context.answer(text, about=about_promise(made))
    if isinstance(error, PromiseError):
        return _stands(context, made)
    raise error


def _stands(context: StaffContext, made: Promise) -> Draft:
    """Say where a promise stands that nobody can move so any more."""
    say = context.say
    words = {
        PromiseState.KEPT: say("It was called kept already; the customer has been asked."),
        PromiseState.CONFIRMED: say("It was kept already, by the customer's word."),
        PromiseState.BROKEN: say("It is broken. Write to the customer, and promise anew if you can."),
        PromiseState.WITHDRAWN: say("It was withdrawn already."),
    }
    text = say("{reference}: {words}", reference=reference_of(made, say), words=words[made.state])
    return context.answer(text, about=about_promise(made), reply_to=card_key(made))


def _line(context: StaffContext, made: Promise) -> str:
    say = context.say
    values = {
        "reference": reference_of(made, say),
        "maker": maker_of(context.session, made, say),
        "due": moment_in(made.due_at, context.company.timezone, say),
    }
    if made.due_at <= context.now:
        return say("{reference} · {maker} · was due {due}", **values)
    return say("{reference} · {maker} · due {due}", **values)


def _was_it(made: Promise, say: Phrases) -> ButtonRows:
    return (
        (
            button(say("Yes, it was"), "promised", made.id, "yes"),
            button(say("No, it was not"), "promised", made.id, "no"),
        ),
    )
