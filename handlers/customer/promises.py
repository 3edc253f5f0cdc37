"""The customer's word on a promise that staff call kept: it was, or it was not."""

from collections.abc import Sequence

from customers.desk import Rung
from customers.phrases import phrases
from customers.staff import reachable_staff
from feedback.complaints import MoveError, add_words
from feedback.escalation import who_hears
from feedback.promise_rules import PromiseError
from feedback.promises import confirm, deny, find_promise, keeper_of
from handlers.buttons import number, parse
from handlers.context import CustomerContext
from handlers.customer.short_answers import read_yes_no
from handlers.customer.welcome import stale_button
from handlers.matters import complaint_of
from handlers.staff.alert_text import shortened
from handlers.staff.promise_text import (
    about_promise,
    card_key,
    changed_card,
    people_in_words,
    settling_buttons,
    values_for_staff,
    who_sees_to_it,
)
from store.errors import InputError
from store.outbox import Draft
from store.tables.desk import Promise
from store.tables.queues import MessageKind


def answer(context: CustomerContext) -> Sequence[Draft]:
    """Take the customer's word on whether what was promised to them happened."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, "yes" | "no" as word) if (found := number(written)) is not None:
            made = find_promise(context.session, found)
        case _:
            made = None
    if made is None or made.customer_id != context.customer.id:
        return stale_button(context)
    if context.message is not None:
        context.message.about = about_promise(made)
    return _kept(context, made) if word == "yes" else _not_kept(context, made)


def _kept(context: CustomerContext, made: Promise) -> Sequence[Draft]:
    try:
        confirm(context.session, made, now=context.now)
    except InputError:
        return (_noted_before(context, made),)
    thanks = context.say("Thank you for telling us! It is noted as kept.")
    change = changed_card(context.session, made, context.customer, company=context.company)
    return context.answer(thanks, about=about_promise(made)), change


def _not_kept(context: CustomerContext, made: Promise) -> Sequence[Draft]:
    """Note that a promise is broken; say sorry, and let the managers know, with what was written besides."""
    session, company = context.session, context.company
    words = context.incoming.text
    words = "" if read_yes_no(words) is not None else words
    try:
        deny(session, made, now=context.now)
    except PromiseError:
        return (_noted_before(context, made),)
    _add_to_case(context, made, words)
    sorry = context.say(
        "I am sorry. {who} knows now and will write to you here. If there is more to say, just write it.",
        who=who_sees_to_it(session, made, context.customer, company),
    )
    change = changed_card(session, made, context.customer, company=company)
    return context.answer(sorry, about=about_promise(made)), change, _escalated(context, made, words)


def _add_to_case(context: CustomerContext, made: Promise, words: str) -> None:
    complaint = complaint_of(context.session, about_promise(made))
    if complaint is not None and words.strip():
        try:
            add_words(context.session, complaint, text=words, company=context.company, now=context.now)
        except MoveError:
            return  # the case has ended; staff read the words all the same


def _escalated(context: CustomerContext, made: Promise, words: str) -> Draft:
    session, company = context.session, context.company
    say, keeper = phrases(company.language), keeper_of(session, made)
    staff = reachable_staff(session, channels=company.channels)
    keeper_id = None if keeper is None else keeper.id
    hear = who_hears(staff, Rung.MANAGER, owner_id=keeper_id, now=context.now)
    text = say(
        "🔴 {people}: {name} says that a promise was not kept ({reference}): “{words}”. {maker} made it.",
        people=people_in_words([one.name for one in hear], say),
        **values_for_staff(session, made, context.customer, company),
    )
    said = say("“{words}”", words=shortened(words)) if words.strip() else ""
    return Draft(
        kind=MessageKind.ALERT,
        channel=company.staff_chat.channel,
        address=company.staff_chat.address,
        text="\n".join(filter(None, [text, said])),
        buttons=settling_buttons(made, say),
        dedupe_key=f"{card_key(made)}:denied:{int(context.now.timestamp())}",
        about=about_promise(made),
        reply_to=card_key(made),
        urgent=True,
    )


def _noted_before(context: CustomerContext, made: Promise) -> Draft:
    return context.answer(
        context.say("That is noted already. If something is wrong, just write it."),
        about=about_promise(made),
    )
