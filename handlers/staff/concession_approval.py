"""What is above somebody's limit: a lead approves or refuses it by a button, once."""

from collections.abc import Sequence

from customers.profile import find_by_id, staff_name
from feedback.complaint_rules import reference
from feedback.concession_rules import DecidedError, NotAllowedError, WhyNot
from feedback.concessions import decide, find_concession, who_approves
from feedback.promise_rules import EndedCaseError
from handlers.buttons import number, parse
from handlers.context import StaffContext
from handlers.matters import about_complaint
from handlers.staff import desk
from handlers.staff.concession_text import card_key, changed_card, telling_in_words, told_to_customer
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.customers import Customer
from store.tables.desk import Concession, ConcessionState
from store.tables.staff import Staff


def approve(context: StaffContext) -> Sequence[Draft]:
    """Approve what was proposed; its customer learns what they get."""
    return _decide(context, give=True)


def refuse(context: StaffContext) -> Sequence[Draft]:
    """Refuse what was proposed; its customer never hears of it."""
    return _decide(context, give=False)


def _decide(context: StaffContext, *, give: bool) -> Sequence[Draft]:
    made, customer = _tapped(context)
    if made is None or customer is None:
        return desk.stale_button(context)
    session, company = context.session, context.company
    try:
        decide(session, made, staff=context.staff, give=give, company=company, now=context.now)
    except NotAllowedError as error:
        return (context.answer(_not_allowed(context, made, error), about=about_complaint(made.complaint_id)),)
    except DecidedError as error:
        return (_decided_before(context, made, error),)
    except EndedCaseError:
        return (_no_complaint(context, made),)
    except NotFoundError:
        return desk.stale_button(context)
    proposer = None if made.staff_id is None else session.get(Staff, made.staff_id)
    told = told_to_customer(session, made, customer, proposer or context.staff, company=company)
    note = telling_in_words(session, made, customer, told, context.say)
    change = changed_card(session, made, customer, company=company, note=note)
    return (*(() if told is None else (told,)), change, _to_proposer(context, made, give=give))


def _to_proposer(context: StaffContext, made: Concession, *, give: bool) -> Draft:
    """Let who proposed it know, under its card."""
    say = context.say
    values = {
        "proposer": staff_name(context.session, made.staff_id) or say("Somebody who has left"),
        "name": context.staff.name,
        "reference": reference(made.complaint_id),
    }
    if give:
        text = say("{proposer}: {name} approved what you proposed in {reference}.", **values)
    else:
        text = say("{proposer}: {name} refused what you proposed in {reference}.", **values)
    return context.answer(text, about=about_complaint(made.complaint_id), reply_to=card_key(made))


def _decided_before(context: StaffContext, made: Concession, error: DecidedError) -> Draft:
    say = context.say
    name = staff_name(context.session, error.by_id) or say("Somebody who has left")
    if error.state is ConcessionState.GIVEN:
        text = say("{name} approved it already; nothing has changed.", name=name)
    else:
        text = say("{name} refused it already; nothing has changed.", name=name)
    return context.answer(text, about=about_complaint(made.complaint_id), reply_to=card_key(made))


def _no_complaint(context: StaffContext, made: Concession) -> Draft:
    text = context.say(
        "{reference} was no complaint after all, so nothing is given in it. You can still refuse this.",
        reference=reference(made.complaint_id),
    )
    return context.answer(text, about=about_complaint(made.complaint_id), reply_to=card_key(made))


def _not_allowed(context: StaffContext, made: Concession, error: NotAllowedError) -> str:
    say = context.say
    people = say(", ").join(
        one.name for one in who_approves(context.session, made, company=context.company)
    ) or say("nobody any more")
    if error.why is WhyNot.OWN:
        return say("You proposed it, so somebody else decides. Can approve it: {people}", people=people)
    if error.why is WhyNot.LIMIT:
        return say("That is above your own limit. Can approve it: {people}", people=people)
    return say("Only leads, managers and admins approve. Can approve it: {people}", people=people)


def _tapped(context: StaffContext) -> tuple[Concession | None, Customer | None]:
    _, arguments = parse(context.incoming.button or "")
    found = number(arguments[0]) if len(arguments) == 1 else None
    made = None if found is None else find_concession(context.session, found)
    return made, None if made is None else find_by_id(context.session, made.customer_id)
