"""What a campaign says: texts by version and language, a picture, buttons; each step asks the next."""

from collections.abc import Mapping, Sequence

from customers.phrases import languages, listed
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.marketing.campaign_asking import Data, ask
from handlers.marketing.campaign_fields import add_labels, read_buttons, read_message, read_picture
from handlers.marketing.campaign_target import ask_audience
from scheduler.definitions.template import VARIANTS
from store.outbox import Draft


def take_text(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take the first text of a version."""
    language, words = read_message(
        text, context.say, company=context.company, has_picture=False, default=context.company.language
    )
    data["messages"] = {**data["messages"], data["variant"]: {language: words}}
    return _ask_languages(context, data)


def _ask_languages(context: StaffContext, data: Data) -> Sequence[Draft]:
    say, texts = context.say, data["messages"][data["variant"]]
    have = listed([own_name(one) for one in texts], say)
    lines = [say("Version {variant} is there in: {languages}.", variant=data["variant"], languages=have)]
    missing = [one for one in languages() if one not in texts]
    if missing:
        lines.append(
            say(
                "In another language? Begin with its tag, like «{tag}: …». "
                "Who reads another language gets it in {language}.",
                tag=missing[0],
                language=own_name(
                    context.company.language if context.company.language in texts else min(texts)
                ),
            )
        )
    data["at"] = "languages"
    return (ask(context, data, "\n".join(lines)),)


def take_language(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take the text of a version in another language."""
    language, words = read_message(text, context.say, company=context.company, has_picture=False)
    data["messages"][data["variant"]][language] = words
    return _ask_languages(context, data)


def another_version(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Begin another version; an old button may ask for more than there can be."""
    given = data["messages"]
    if len(given) == len(VARIANTS):
        return _ask_languages(context, data)
    data |= {"at": "text", "variant": VARIANTS[len(given)]}
    question = context.say(
        "Version {variant}: what should customers read? "
        "Each version goes to an equal part of them, by chance.",
        variant=data["variant"],
    )
    return (ask(context, data, question),)


def ask_picture(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for a picture."""
    data["at"] = "picture"
    question = context.say("A picture above it? Send it as a photo, or skip this.")
    return (ask(context, data, question),)


def take_picture(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Take the picture."""
    texts = [text for variant in data["messages"].values() for text in variant.values()]
    data["picture"] = read_picture(context.incoming, texts, context.say, company=context.company)
    return ask_buttons(context, data)


def ask_buttons(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for buttons."""
    data["at"] = "buttons"
    question = context.say(
        "Buttons under it? One a line, up to 8. After a | stands what whoever taps it reads, or a link:\n"
        "Keep me one | Done, we will call you.\nSee the menu | https://example.com/menu"
    )
    return (ask(context, data, question),)


def take_buttons(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take the buttons, in the language of the first text; more pictures of an album are no buttons."""
    if context.incoming.album is not None and not text.strip():
        return ()
    language = _first_language(context, data)
    data["buttons"] = read_buttons(text, context.say, language=language)
    return ask_labels(context, data)


def ask_labels(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for the buttons in the next language that a text is in and they are not."""
    spoken = {language for texts in data["messages"].values() for language in texts}
    asked = set(data.get("labelled", [])) | {_first_language(context, data)}
    missing = sorted(spoken - asked)
    if not missing:
        return ask_audience(context, data)
    data |= {"at": "labels", "labels": missing[0], "labelled": sorted(asked | {missing[0]})}
    question = context.say(
        "The same buttons in {language}? One a line, in the same order. Skipped, they stay as they are.",
        language=own_name(missing[0]),
    )
    return (ask(context, data, question),)


def take_labels(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take the buttons in another language."""
    data["buttons"] = add_labels(data["buttons"], text, context.say, language=data["labels"])
    return ask_labels(context, data)


def _first_language(context: StaffContext, data: Data) -> str:
    texts: Mapping[str, str] = data["messages"][min(data["messages"])]
    own = context.company.language
    return own if own in texts else min(texts)
