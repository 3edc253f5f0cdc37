"""``/segment``: whom a filter picks, shown with a count and a few of them, and kept by name."""

from collections.abc import Sequence

from babel.numbers import format_decimal

from customers.phrases import Phrases
from handlers.buttons import button
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.marketing.answers import name_audience, read_audience
from handlers.staff import desk
from handlers.staff.roles import may_market
from handlers.staff.standing import standing_of
from scheduler.segments.counting import Count, estimate_segment, sample
from scheduler.segments.fields import FIELDS
from scheduler.segments.mistakes import SegmentError
from scheduler.segments.names import LONGEST_NAME, find_segment, is_name
from scheduler.segments.saved import (
    SavedSegment,
    Use,
    UsedError,
    User,
    list_segments,
    remove_segment,
    save_segment,
)
from store.errors import InputError, NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.customers import Customer

VERB = "segment"
LISTED = 30
SHOWN_OF_FILTER = 200
FIELDS_WORD, REMOVE_WORD = "fields", "remove"
COLONS = ":："
NEVER_BEFORE_A_COLON = frozenset('"“「『«=<>')


def segment(context: StaffContext) -> Sequence[Draft]:
    """List the segments, show whom a filter picks, or keep it by name."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    written = context.incoming.argument.strip()
    first, _, rest = written.partition(" ")
    if not written:
        return (context.answer(_list(context)),)
    if written.lower() == FIELDS_WORD:
        return (context.answer(_fields(context.say)),)
    if first.lower() == REMOVE_WORD and rest.strip():
        return (context.answer(_remove(context, rest.strip())),)
    name, source = _split(written)
    try:
        return (_shown(context, source),) if name is None else (_kept(context, name, source),)
    except InputError as error:
        return (context.answer(str(error)),)


def replace(context: StaffContext) -> Sequence[Draft]:
    """Put a filter in the place of the one that a name stood for."""
    dialogue = context.dialogue
    if not may_market(context.staff) or dialogue is None or dialogue.step != VERB:
        return desk.stale_button(context)
    context.expect_nothing()
    try:
        kept = _save(context, dialogue.data["name"], dialogue.data["filter"])
    except InputError as error:
        return (context.answer(str(error)),)
    return (_answer(context, kept.filter, _saved_words(context.say, kept.name)),)


def _split(written: str) -> tuple[str | None, str]:
    """Part the name from the filter after it; a colon within quotes parts nothing."""
    place = next((place for place, character in enumerate(written) if character in COLONS), None)
    if place is None or NEVER_BEFORE_A_COLON & set(written[:place]):
        return None, written
    return " ".join(written[:place].split()), written[place + 1 :].strip()


def _shown(context: StaffContext, written: str) -> Draft:
    """Show whom a filter, or a saved segment, picks."""
    source = read_audience(written, context)
    saved = find_segment(context.session, source)
    head = name_audience(source if saved is None else saved.body["filter"], context.say)
    if saved is not None:
        head = f"“{saved.name}”: {head}"
    return _answer(context, source, head)


def _kept(context: StaffContext, name: str, written: str) -> Draft:
    """Keep a filter by a name; one that stands for another already is replaced after a tap."""
    say = context.say
    if not is_name(name):
        raise InputError(
            say(
                "A segment cannot be called “{name}”: take up to {limit} letters, digits and blanks that are "
                "no filter themselves.",
                name=name,
                limit=LONGEST_NAME,
            )
        )
    source = read_audience(written, context)
    before = find_segment(context.session, name)
    if before is None or before.body["filter"] == source:
        return _answer(context, source, _saved_words(say, _save(context, name, source).name))
    question = say("“{name}” is {filter} so far. Replace it?", name=before.name, filter=before.body["filter"])
    draft = _answer(context, source, question)
    context.expect(VERB, {"name": before.name, "filter": source})
    buttons = ((button(say("Replace"), VERB, "replace"),), *draft.buttons)
    return context.answer(draft.text, buttons=buttons)


def _save(context: StaffContext, name: str, source: str) -> SavedSegment:
    staff_id, now = context.staff.id, context.now
    try:
        return save_segment(
            context.session, name, source, company=context.company, staff_id=staff_id, now=now
        )
    except SegmentError as error:
        raise InputError(error.in_chat(context.say)) from error


def _remove(context: StaffContext, name: str) -> str:
    say = context.say
    try:
        gone = remove_segment(context.session, name, now=context.now)
    except NotFoundError:
        return say("There is no segment “{name}”. /segment lists them.", name=name)
    except UsedError as error:
        used = "\n".join(f"• {_use(one, say)}" for one in error.uses)
        return say("“{name}” stays, for it is in use:\n{uses}", name=name, uses=used)
    return say("The segment “{name}” is gone. It was: {filter}", name=gone.name, filter=gone.filter)


def _use(use: Use, say: Phrases) -> str:
    words = {
        User.SEGMENT: say("segment “{name}”", name=use.name),
        User.PROGRAMME: say("visits: {name}", name=use.name),
        User.FESTIVAL: say("festival: {name}", name=use.name),
        User.CAMPAIGN: say("campaign: {name}", name=use.name),
        User.EVENT: say("event: {name}", name=use.name),
    }
    return words[use.by]


def _saved_words(say: Phrases, name: str) -> str:
    return say("“{name}” is saved, and can stand wherever a filter does.", name=name)


def _answer(context: StaffContext, source: str, head: str) -> Draft:
    """Say how many a segment picks, and show a few.

    They are shown by number, each with a way to their card: a text that names several customers is not found
    when one of them is erased.
    """
    session, say, company, now = context.session, context.say, context.company, context.now
    count = estimate_segment(session, source, company=company, now=now)
    few = sample(session, source, company=company, now=now)
    lines = [head, count_in_words(count, say)]
    if few:
        lines += ["", say("For example:"), *(_line(context, one) for one in few)]
    buttons: ButtonRows = (tuple(button(str(one.id), "customer", one.id) for one in few),) if few else ()
    return context.answer("\n".join(lines), buttons=buttons)


def _line(context: StaffContext, customer: Customer) -> str:
    return context.say(
        "no. {number} · {standing} · {language}",
        number=customer.id,
        standing=standing_of(context.session, customer, context.say, now=context.now),
        language=own_name(customer.language),
    )


def count_in_words(count: Count, say: Phrases) -> str:
    """Say how many a segment picks; that it is nobody, or everybody, is said plainly."""
    values = {"inside": _number(count.inside, say), "total": _number(count.total, say)}
    if count.looked_at is not None:
        return _reckoned_in_words(count, say, looked_at=_number(count.looked_at, say), **values)
    if count.is_nobody:
        return say.count(
            "It picks nobody now, of {total} customer.",
            "It picks nobody now, of {total} customers.",
            count.total,
            **values,
        )
    if count.is_everybody:
        return say.count(
            "⚠️ It picks everybody: the {total} customer that there is.",
            "⚠️ It picks everybody: all {total} customers.",
            count.total,
            **values,
        )
    return say("It picks {inside} of {total} customers.", **values)


def _reckoned_in_words(count: Count, say: Phrases, **values: str) -> str:
    """Say how many a segment picks about, as some customers show."""
    if count.is_nobody:
        return say(
            "It picks about nobody: none of {looked_at} that I looked at, of {total} customers.", **values
        )
    if count.is_everybody:
        return say(
            "⚠️ It picks about everybody: all {looked_at} that I looked at, of {total} customers.", **values
        )
    return say("It picks some {inside} of {total} customers, as {looked_at} of them show.", **values)


def _number(number: int, say: Phrases) -> str:
    return format_decimal(number, locale=say.language)


def _list(context: StaffContext) -> str:
    say = context.say
    saved = list_segments(context.session)
    lines = [say("Segments:"), *(f"• {one.name}: {_short(one.filter)}" for one in saved[:LISTED])]
    if len(saved) > LISTED:
        lines.append(
            say.count("… and {number} more.", "… and {number} more.", len(saved) - LISTED),
        )
    if not saved:
        lines = [say("No segment is saved yet.")]
    return "\n".join(
        [
            *lines,
            "",
            say("/segment standing = key and index < 60 – how many that are, and a few of them"),
            say("/segment Unhappy: standing = key and index < 60 – save it by a name"),
            say("/segment Unhappy – one that is saved; /segment remove Unhappy"),
            say("/segment fields – all that can be asked"),
        ]
    )


def _fields(say: Phrases) -> str:
    lines = [f"{field.example} – {field.means(say)}" for field in FIELDS]
    joined = say(
        "Join them by and, or, not and brackets. Where a time belongs, you can write within 30 days, over "
        "3 months ago, before 2027-03-01 or since 2027-03-01. Texts of several words stand in quotes."
    )
    return "\n".join([*lines, "", joined])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_OF_FILTER else f"{line[:SHOWN_OF_FILTER]}…"
