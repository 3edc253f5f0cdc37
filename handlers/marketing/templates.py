"""``/template``: texts that are kept by name; one begins a campaign."""

from collections.abc import Sequence

from pydantic import ValidationError

from customers.phrases import listed
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.marketing.campaign_talk import start_with
from handlers.staff import desk
from handlers.staff.roles import may_market
from scheduler.campaigns.content import first_text
from scheduler.definitions.kept import KeptDefinition, find_by_any_case, find_definitions, remove_definition
from scheduler.definitions.template import Template
from store.outbox import Draft
from store.tables.definitions import DefinitionKind

LISTED = 30
SHOWN = 60
"""Characters of a text in the list."""

REMOVING = frozenset({"remove", "delete", "删除"})


def template(context: StaffContext) -> Sequence[Draft]:
    """List the templates, begin a campaign with one, or take one away."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    first, _, rest = context.incoming.argument.partition(" ")
    if not first:
        return _list(context)
    if first.lower() in REMOVING and rest.strip():
        return _remove(context, rest.strip())
    return _begin(context, context.incoming.argument)


def _list(context: StaffContext) -> Sequence[Draft]:
    say, found = context.say, find_definitions(context.session, DefinitionKind.TEMPLATE)
    if not found:
        return (
            context.answer(say("No text is kept yet. /campaign keeps one: tap Keep as template at its end.")),
        )
    lines = [_line(context, one) for one in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(say("… and {number} more.", number=len(found) - LISTED))
    lines.append(say("/template NAME begins a campaign with it, /template remove NAME takes it away."))
    return (context.answer("\n".join(lines)),)


def _line(context: StaffContext, kept: KeptDefinition) -> str:
    try:
        read = Template.model_validate(kept.body)
    except ValidationError:
        return context.say("• {name}: it cannot be read any more.", name=kept.name)
    texts = next(iter(read.messages.values()))
    text = " ".join(first_text(read.messages, context.company.language).split())
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return f"• {kept.name} ({listed([own_name(one) for one in sorted(texts)], context.say)}): {shown}"


def _begin(context: StaffContext, name: str) -> Sequence[Draft]:
    kept = find_by_any_case(context.session, DefinitionKind.TEMPLATE, name)
    if kept is None:
        return (context.answer(context.say("There is no template {name}. /template lists them.", name=name)),)
    try:
        read = Template.model_validate(kept.body)
    except ValidationError:
        return (context.answer(context.say("• {name}: it cannot be read any more.", name=name)),)
    return start_with(context, kept.name, read)


def _remove(context: StaffContext, name: str) -> Sequence[Draft]:
    kept = find_by_any_case(context.session, DefinitionKind.TEMPLATE, name)
    if kept is None:
        return (context.answer(context.say("There is no template {name}. /template lists them.", name=name)),)
    gone = kept.name
    remove_definition(context.session, DefinitionKind.TEMPLATE, gone)
    return (context.answer(context.say("{name} is not kept any more.", name=gone)),)
