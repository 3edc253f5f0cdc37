"""/find: cases and messages by words, for staff.

What was found of one customer is one message, so that it is overwritten when that customer is erased.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice

from customers.local_time import day_in
from customers.profile import customers_by_id, name_for_staff
from feedback.complaints import parse_reference, reference
from handlers.buttons import button
from handlers.context import StaffContext
from handlers.matters import about_complaint, about_customer
from handlers.staff.causes import causes_in_words
from handlers.staff.history import show_case
from handlers.staff.standing import standing_of
from store.outbox import ButtonRows, Draft
from store.search import Hit, search
from store.search_index import count_unindexed
from store.tables.customers import Customer

CUSTOMERS_SHOWN = 5
HITS_SHOWN = 3
FOUND = 40
"""Finds that are looked through for those to be shown."""
IN_TIME = timedelta(seconds=30)
"""Within which a message is usually in the index; of what is older staff are told that it is not."""


def find(context: StaffContext) -> Sequence[Draft]:
    """Find cases and messages, the best first; a case by its number at once."""
    say, words = context.say, context.incoming.argument
    if parse_reference(words) is not None and len(words.split()) == 1:
        return show_case(context)
    if not words.strip():
        return (context.answer(say("What are you looking for? /find refund, or /find C-1042.")),)
    of_customer: dict[int, list[Hit]] = {}
    for hit in search(context.session, words, FOUND):
        of_customer.setdefault(hit.customer_id, []).append(hit)
    shown = dict(islice(of_customer.items(), CUSTOMERS_SHOWN))
    customers = customers_by_id(context.session, shown)
    found = [_of_one(context, customers[one], hits) for one, hits in shown.items() if one in customers]
    notes = _notes(context, of_customer, shown)
    return (*found, context.answer("\n".join(notes))) if notes else found


def _notes(
    context: StaffContext, found: Mapping[int, Sequence[Hit]], shown: Mapping[int, Sequence[Hit]]
) -> Sequence[str]:
    """Say what the finds do not say themselves: that there are none, that there are more, what is missing."""
    say = context.say
    notes = []
    if not found:
        notes.append(say("Nothing was found that holds all of these words. Fewer of them find more."))
    elif len(found) > len(shown) or any(len(hits) > HITS_SHOWN for hits in shown.values()):
        notes.append(say("There is more. A further word shows what fits better."))
    missing = count_unindexed(context.session, before=context.now - IN_TIME)
    if missing:
        notes.append(
            say.count(
                "{number} message cannot be found yet. Please try again in a minute.",
                "{number} messages cannot be found yet. Please try again in a minute.",
                missing,
            )
        )
    return notes


def _of_one(context: StaffContext, customer: Customer, hits: Sequence[Hit]) -> Draft:
    """Show what was found of one customer, with a way to each case."""
    say, shown = context.say, hits[:HITS_SHOWN]
    standing = standing_of(context.session, customer, say, now=context.now)
    head = f"🔎 {name_for_staff(customer, say)} · {standing}"
    cases = list(dict.fromkeys(hit.complaint_id for hit in shown if hit.complaint_id is not None))
    about = about_complaint(cases[0]) if len(cases) == 1 else about_customer(customer.id)
    return context.answer(
        "\n".join([head, *(_line(context, hit) for hit in shown)]),
        buttons=_ways(context, customer, cases),
        about=about,
    )


def _line(context: StaffContext, hit: Hit) -> str:
    say = context.say
    values = {
        "reference": say("no case") if hit.complaint_id is None else reference(hit.complaint_id),
        "day": day_in(hit.at, context.company.timezone, say),
        "words": hit.snippet if hit.by_customer else _worded(context, hit.snippet),
    }
    if hit.by_customer:
        return say("{reference} · {day}: “{words}”", **values)
    return say("{reference} · {day} · by us: “{words}”", **values)


def _worded(context: StaffContext, snippet: str) -> str:
    """Word the cause with which what staff did about a case is kept."""
    cause, mark, remedy = snippet.partition(": ")
    named = causes_in_words(context.company.desk.causes, context.say)
    if not mark or cause not in named:
        return snippet
    return context.say("{what}: {more}", what=named[cause], more=remedy)


def _ways(context: StaffContext, customer: Customer, cases: Sequence[int]) -> ButtonRows:
    open_case = [button(reference(number), "case", number) for number in cases]
    return ((*open_case, button(context.say("Customer"), "customer", customer.id)),)
