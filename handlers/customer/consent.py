"""Whether we may write first, and about what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from customers.consent import EVERY_PURPOSE, consents_of, set_consent, withdraw_first_spoken
from customers.phrases import Phrases, listed
from feedback.opt_out_purposes import purposes_in
from handlers.buttons import button, parse
from handlers.context import CustomerContext
from handlers.customer.welcome import stale_button
from handlers.staff.in_place import in_place_of_tapped
from store.outbox import ButtonRows, Draft
from store.tables.customers import Purpose

VERB = "consent"
ALL, ON, OFF = "all", "on", "off"


@dataclass(frozen=True, slots=True)
class Named:
    """What customers call a purpose: as a choice, and inside a sentence."""

    choice: str
    inside: str


def stop(context: CustomerContext) -> Sequence[Draft]:
    """Write first no more, and hold back what is already queued."""
    changed = _withdraw(context, EVERY_PURPOSE)
    say = context.say
    if changed:
        return (
            context.answer(
                say(
                    "Done: we will not write to you first any more. When you write, you still get an answer. "
                    "/resume turns it on again."
                )
            ),
        )
    return (context.answer(say("We already do not write to you first. /resume turns it on again.")),)


def opt_out(context: CustomerContext, words: str) -> Sequence[Draft]:
    """Take words that want no more messages at theirs: all of them, or those that they name."""
    purposes = purposes_in(words)
    if purposes == EVERY_PURPOSE:
        return stop(context)
    changed = _withdraw(context, purposes)
    say, names = context.say, names_of_purposes(context.say)
    what = listed((names[purpose].inside for purpose in Purpose if purpose in purposes), say)
    if changed:
        text = say(
            "Done: from now on you get none of these from us: {what}. /consent shows all you can choose, "
            "/stop ends everything.",
            what=what,
        )
    else:
        text = say(
            "You already get none of these from us: {what}. /consent shows all you can choose, "
            "/stop ends everything.",
            what=what,
        )
    return (context.answer(text),)


def told_with_stop(context: CustomerContext, words: str, drafts: Sequence[Draft]) -> Sequence[Draft]:
    """Take words at theirs that want no more messages, and let the answer to the others begin with that."""
    stopped, *_ = opt_out(context, words)
    answer, *others = drafts
    return replace(answer, text=f"{stopped.text}\n\n{answer.text}"), *others


def resume(context: CustomerContext) -> Sequence[Draft]:
    """Allow that we write first again."""
    changed = set_consent(context.session, context.customer.id, granted=True, now=context.now)
    say = context.say
    if changed:
        return (
            context.answer(
                say("Welcome back: now and then we may write to you first again. /stop ends it at any time.")
            ),
        )
    return (context.answer(say("We may write to you first, as before. /stop ends it at any time.")),)


def choose(context: CustomerContext) -> Sequence[Draft]:
    """Show about what we may write first, each to be turned on or off by a tap."""
    return (_panel(context),)


def change(context: CustomerContext) -> Sequence[Draft]:
    """Turn what was tapped on or off, and show how it stands now in the same place."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (what, "on" | "off" as wanted) if what == ALL or what in tuple(Purpose):
            purposes = EVERY_PURPOSE if what == ALL else frozenset({Purpose(what)})
        case _:
            return stale_button(context)
    if wanted == ON:
        set_consent(context.session, context.customer.id, granted=True, now=context.now, purposes=purposes)
    else:
        _withdraw(context, purposes)
    return (in_place_of_tapped(context, _panel(context)),)


def names_of_purposes(say: Phrases) -> Mapping[Purpose, Named]:
    """Name each purpose as customers read it."""
    return {
        Purpose.VISITS: Named(say("Asking how things are"), say("questions how things are")),
        Purpose.GREETINGS: Named(say("Greetings on festivals"), say("greetings on festivals")),
        Purpose.INVITATIONS: Named(say("Invitations to events"), say("invitations to events")),
        Purpose.OFFERS: Named(say("Offers and news"), say("offers and news")),
    }


def _withdraw(context: CustomerContext, purposes: Collection[Purpose]) -> bool:
    """Take back a customer's consent to some purposes, and hold back what is queued for them."""
    session, customer_id, now = context.session, context.customer.id, context.now
    changed = set_consent(session, customer_id, granted=False, now=now, purposes=purposes)
    withdraw_first_spoken(session, customer_id, now=now, purposes=purposes)
    context.expect_nothing()
    return changed


def _panel(context: CustomerContext) -> Draft:
    say, consents = context.say, consents_of(context.session, context.customer.id)
    text = say(
        "What may we write to you about first? A tap turns it on or off. When you write, you always get "
        "an answer."
    )
    return context.answer(text, buttons=_switches(consents, say))


def _switches(consents: Mapping[Purpose, bool], say: Phrases) -> ButtonRows:
    names = names_of_purposes(say)
    each = [
        button(f"{'✅' if granted else '🔕'} {names[purpose].choice}", VERB, purpose, OFF if granted else ON)
        for purpose, granted in consents.items()
    ]
    if any(consents.values()):
        each.append(button(say("Nothing at all"), VERB, ALL, OFF))
    else:
        each.append(button(say("All of it"), VERB, ALL, ON))
    return tuple((one,) for one in each)
