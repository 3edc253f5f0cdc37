"""``/festivals``: on which festivals a customer is greeted, chosen by taps; ``/birthday``: their own day."""

from collections.abc import Sequence
from datetime import timedelta

from customers.birthdays import birthday_in_words, read_birthday
from customers.consent import consents_of
from customers.local_time import date_in_words
from feedback.simplified_zh import simplified
from handlers.buttons import button, parse
from handlers.conditions import at_step
from handlers.context import Context, CustomerContext
from handlers.customer.welcome import stale_button
from handlers.staff.in_place import in_place_of_tapped
from scheduler.festivals.choices import Offered, choose_festival, festivals_offered, tell_birthday
from scheduler.festivals.wording import festival_name
from store.errors import InputError
from store.outbox import ButtonRows, Draft
from store.tables.customers import Purpose

VERB = "festivals"
STEP = "birthday"
ON, OFF, MORE, MINE = "on", "off", "more", "mine"
FORGET = frozenset({"off", "no", "none", "delete", "remove", "forget", "无", "删除", "取消", "不要", "忘记"})
PER_ROW = 2
PATIENCE = timedelta(hours=1)


def show(context: CustomerContext) -> Sequence[Draft]:
    """Show the customer's festivals."""
    return (_list(context, all_of_them=False),)


def change(context: CustomerContext) -> Sequence[Draft]:
    """Take a festival in or out, or show the others; the list stands in place of the one that was tapped."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case ("more" | "mine" as which,):
            return (in_place_of_tapped(context, _list(context, all_of_them=which == MORE)),)
        case ("on" | "off" as what, key) if key in {one.occasion.festival for one in _offered(context)}:
            was_theirs = any(one.theirs for one in _offered(context) if one.occasion.festival == key)
            choose_festival(context.session, context.customer.id, key, wanted=what == ON, now=context.now)
            return (in_place_of_tapped(context, _list(context, all_of_them=not was_theirs)),)
        case _:
            return stale_button(context)


def birthday(context: CustomerContext) -> Sequence[Draft]:
    """Keep, forget or tell the customer's birthday."""
    say, told = context.say, context.incoming.argument.strip()
    if simplified(told.lower()) in FORGET:
        return _forget(context)
    if told:
        return _keep(context, told)
    context.expect(STEP)
    known = context.customer.birthday
    if known is not None:
        text = say(
            "I have {day} as your birthday. Write another day to change it; /birthday off erases it.",
            day=birthday_in_words(known, say),
        )
    else:
        text = say("When is your birthday? Write day and month, like 3 May; I do not need the year.")
    return (context.answer(text),)


def tells_birthday(context: Context) -> bool:
    """A message answers the question for the birthday: it is a day, and nothing else."""
    if not at_step(STEP, within=PATIENCE)(context):
        return False
    try:
        read_birthday(context.incoming.text, context.say)
    except InputError:
        return False
    return True


def take_birthday(context: CustomerContext) -> Sequence[Draft]:
    """Take the answer to the question for the birthday."""
    return _keep(context, context.incoming.text)


def _keep(context: CustomerContext, told: str) -> Sequence[Draft]:
    say = context.say
    try:
        day = read_birthday(told, say)
    except InputError as error:
        context.expect(STEP)
        return (context.answer(str(error)),)
    tell_birthday(context.session, context.customer, day)
    context.expect_nothing()
    text = say(
        "Thank you, I have noted {day} as your birthday. /birthday off erases it.",
        day=birthday_in_words(day, say),
    )
    return (context.answer("\n".join([text, *_silent(context)])),)


def _forget(context: CustomerContext) -> Sequence[Draft]:
    context.expect_nothing()
    if context.customer.birthday is None:
        return (context.answer(context.say("I do not have your birthday.")),)
    tell_birthday(context.session, context.customer, None)
    return (context.answer(context.say("Done: your birthday is erased.")),)


def _offered(context: CustomerContext) -> Sequence[Offered]:
    return festivals_offered(context.session, context.customer, company=context.company, now=context.now)


def _list(context: CustomerContext, *, all_of_them: bool) -> Draft:
    say = context.say
    offered = _offered(context)
    shown = [one for one in offered if one.theirs is not all_of_them]
    if all_of_them:
        lines = [say("On these we could greet you, too. Tap what you celebrate:")]
    elif shown:
        lines = [say("On these festivals we greet you. Tap one to change it:")]
    else:
        lines = [say("We know no festival of yours yet. Do you celebrate one of these?")]
        shown, all_of_them = [one for one in offered if not one.theirs], True
    lines += ["", *(_line(context, one) for one in shown)]
    if not all_of_them:
        lines += ["", _birthday_line(context)]
    lines += _silent(context)
    return context.answer(
        "\n".join(lines), buttons=_buttons(context, shown, offered, all_of_them=all_of_them)
    )


def _line(context: CustomerContext, one: Offered) -> str:
    say = context.say
    day = date_in_words(one.occasion.day, say)
    name = _name(context, one)
    mark = "✓" if one.kept else "✗"
    if one.occasion.estimated:
        return say("{mark} {name}: {day}, estimated", mark=mark, name=name, day=day)
    return say("{mark} {name}: {day}", mark=mark, name=name, day=day)


def _name(context: CustomerContext, one: Offered) -> str:
    company_language = context.company.language
    return festival_name(one.occasion.festival, context.say, one.title, company_language=company_language)


def _birthday_line(context: CustomerContext) -> str:
    say, known = context.say, context.customer.birthday
    if known is None:
        return say("Your birthday: tell me with /birthday")
    return say("Your birthday: {day} (/birthday changes it)", day=birthday_in_words(known, say))


def _silent(context: CustomerContext) -> Sequence[str]:
    """Say that no greeting comes at all, where the customer said so before."""
    if consents_of(context.session, context.customer.id)[Purpose.GREETINGS]:
        return ()
    return ("", context.say("You get no greetings from us at the moment; /resume turns them on again."))


def _buttons(
    context: CustomerContext, shown: Sequence[Offered], offered: Sequence[Offered], *, all_of_them: bool
) -> ButtonRows:
    say = context.say
    taps = [
        button(
            f"{'✓' if one.kept else '✗'} {_name(context, one)}",
            VERB,
            OFF if one.kept else ON,
            one.occasion.festival,
        )
        for one in shown
    ]
    rows = [tuple(taps[place : place + PER_ROW]) for place in range(0, len(taps), PER_ROW)]
    mine = [one for one in offered if one.theirs]
    if all_of_them and mine:
        rows.append((button(say("My festivals"), VERB, MINE),))
    elif not all_of_them and len(mine) < len(offered):
        rows.append((button(say("Other festivals"), VERB, MORE),))
    return tuple(rows)
