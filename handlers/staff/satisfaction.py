"""What staff ask about satisfaction: who is at risk and why, one customer's card, how all are doing."""

from collections.abc import Mapping, Sequence

from customers.local_time import moment_in
from customers.profile import contact_name, customers_by_id, find_by_id, name_for_staff, staff_name
from feedback.at_risk import AtRisk, count_at_risk, list_at_risk, risks_of
from feedback.case_clocks import due_of
from feedback.complaints import current_complaints, reference
from feedback.record import newest_entries, satisfaction_of
from feedback.roll_ups import kept_sums
from feedback.standings import see_standings
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.matters import about_customer
from handlers.staff.satisfaction_text import (
    entry_in_words,
    risk_in_words,
    satisfaction_in_words,
    standings_in_words,
)
from handlers.staff.standing import standing_of
from handlers.staff.tags import tags_line
from scheduler.audience import has_more_customers_than
from store.outbox import ButtonRows, Draft
from store.tables.complaints import ComplaintState
from store.tables.customers import Customer, Standing
from store.tables.feedback import RiskReason

LOOKED_AT_ONCE = 20_000
"""Customers of whom all records are looked at while somebody waits: some 50 ms on a small machine. Of more,
what the last look saw is told, which is at most five minutes old."""
LISTED = 20
IN_A_ROW = 5
ENTRIES_SHOWN = 5


def list_risks(context: StaffContext) -> Sequence[Draft]:
    """List the customers who may be lost, with the reasons, key customers first."""
    say = context.say
    risks, counts = _risks(context)
    if not risks:
        return (context.answer(say("No customer is at risk.")),)
    customers = customers_by_id(context.session, risks)
    lines = [
        say(
            "At risk: {turned} turned from happy to unhappy, {silent} fell silent after a complaint.",
            turned=counts.get(RiskReason.TURNED, 0),
            silent=counts.get(RiskReason.SILENT, 0),
        ),
        *(_line(context, customers[number], risk) for number, risk in risks.items() if number in customers),
    ]
    if (more := sum(counts.values()) - len(risks)) > 0:
        lines.append(say.count("… and {number} more.", "… and {number} more.", more))
    lines.append(say("Tap a number to see who it is."))
    return (context.answer("\n".join(lines), buttons=_numbers(list(risks))),)


def tell_standings(context: StaffContext) -> Sequence[Draft]:
    """Tell what all records add up to: of the company, its segments, the parts of the service."""
    say = context.say
    standings = (
        kept_sums(context.session)
        if _are_many(context)
        else see_standings(context.session, now=context.now).standings
    )
    at = standings.company.at
    if at is None:
        return (context.answer(say("No customer has told us anything yet.")),)
    lines = [
        say("Satisfaction, as of {moment}:", moment=moment_in(at, context.company.timezone, say)),
        *standings_in_words(standings, say, context.now),
        "",
        say("/atrisk – customers whom we may lose"),
    ]
    return (context.answer("\n".join(lines)),)


def show_customer(context: StaffContext) -> Sequence[Draft]:
    """Show one customer's card; replying to it writes to them."""
    say = context.say
    customer_id = _asked_for(context)
    customer = None if customer_id is None else find_by_id(context.session, customer_id)
    if customer is None:
        text = say("Which customer? Send their number: /customer 42. /atrisk lists those whom we may lose.")
        if customer_id is not None:
            text = "\n".join([say("There is no customer {number}.", number=str(customer_id)), text])
        return (context.answer(text),)
    return (
        context.answer(
            _card(context, customer),
            buttons=(
                (
                    button(say("Reply"), "reply", "customer", customer.id),
                    button(say("History"), "past", customer.id),
                ),
                *_become_contact(context, customer),
            ),
            about=about_customer(customer.id),
        ),
    )


def _become_contact(context: StaffContext, customer: Customer) -> ButtonRows:
    if contact_name(context.session, customer) is not None:
        return ()
    return ((button(context.say("I am their contact"), "contact", customer.id),),)


def _risks(context: StaffContext) -> tuple[Mapping[int, AtRisk], Mapping[RiskReason, int]]:
    """Give those to be listed, as they stand now, and how many there are in all."""
    session, now = context.session, context.now
    if _are_many(context):
        ids = list_at_risk(session, LISTED)
        risks = risks_of(session, ids, now)
        return {number: risks[number] for number in ids if number in risks}, count_at_risk(session)
    found = see_standings(session, now=now).at_risk
    key = {one.id for one in customers_by_id(session, found).values() if one.standing is Standing.KEY}
    order = sorted(found, key=lambda number: (number in key, found[number].since), reverse=True)
    counts = {reason: sum(risk.reason is reason for risk in found.values()) for reason in RiskReason}
    return {number: found[number] for number in order[:LISTED]}, counts


def _are_many(context: StaffContext) -> bool:
    return has_more_customers_than(context.session, LOOKED_AT_ONCE)


def _line(context: StaffContext, customer: Customer, risk: AtRisk) -> str:
    """Write one line, without a name: a list that names several is not found when one of them is erased."""
    say = context.say
    return say(
        "no. {number} · {standing} · {reason}",
        number=customer.id,
        standing=standing_of(context.session, customer, say, now=context.now),
        reason=risk_in_words(risk, say, context.now),
    )


def _numbers(ids: Sequence[int]) -> ButtonRows:
    buttons = [button(str(number), "customer", number) for number in ids]
    return tuple(tuple(buttons[start : start + IN_A_ROW]) for start in range(0, len(buttons), IN_A_ROW))


def _asked_for(context: StaffContext) -> int | None:
    """Read which customer is asked for, from the button or the words after the command."""
    if context.incoming.button is not None:
        _, arguments = parse(context.incoming.button)
        return number(arguments[0]) if len(arguments) == 1 else None
    return number(context.incoming.argument)


def _open_case(context: StaffContext, customer: Customer) -> str:
    """Say which case of a customer is open; "" where none is."""
    say, session = context.say, context.session
    complaint = current_complaints(session, [customer.id], now=context.now).get(customer.id)
    if complaint is None:
        return ""
    values = {
        "reference": reference(complaint.id),
        "owner": staff_name(session, complaint.owner_id) or say("nobody yet"),
    }
    if complaint.state not in (ComplaintState.OPEN, ComplaintState.CLAIMED):
        return say("📌 {reference} · {owner} · waits for the customer", **values)
    due = due_of(complaint)
    when = moment_in(due, context.company.timezone, say)
    return say("📌 {reference} · {owner} · due {due}", due=when, **values)


def _card(context: StaffContext, customer: Customer) -> str:
    say, session = context.say, context.session
    satisfaction = satisfaction_of(session, customer, context.now)
    risk = risks_of(session, [customer.id], context.now).get(customer.id)
    contact = contact_name(session, customer)
    entries = newest_entries(session, customer.id, ENTRIES_SHOWN)
    zone = context.company.timezone
    lines = [
        f"{name_for_staff(customer, say)} · {standing_of(session, customer, say, now=context.now)}",
        say("Speaks: {language}", language=own_name(customer.language)),
        tags_line(context, customer),
        _open_case(context, customer),
        satisfaction_in_words(satisfaction.index, satisfaction.confidence, satisfaction.trend, say),
        say("⚠️ At risk: {reason}", reason=risk_in_words(risk, say, context.now)) if risk else "",
        say("Designated contact: {name}", name=contact) if contact else "",
        "\n" + say("The newest of what it rests on:") if entries else "",
        *(entry_in_words(entry, say, zone) for entry in entries),
    ]
    return "\n".join(line for line in lines if line)
