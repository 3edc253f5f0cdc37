"""What a campaign says: texts by version and language, a picture, buttons; each step asks the next."""

from collections.abc import Mapping, Sequence

from customers.phrases import languages, listed
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.marketing.button_languages import add_labels
from handlers.marketing.campaign_asking import Data, ask
from handlers.marketing.campaign_fields import read_buttons, read_message, read_picture
from handlers.marketing.campaign_target import ask_audience, onward, show_again
from scheduler.definitions.template import VARIANTS
from store.outbox import Draft


def take_text(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take the first text of a version."""
    language, words = read_message(
        text, context.say, company=context.company, has_picture=False, default=context.company.language
    )
    data["messages"] = {**data["messages"], data["variant"]: {language: words}}
    return ask_languages(context, data)


def ask_languages(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for the text in another language, or another version."""
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
                language=own_name(_own_language(context, texts)),
            )
        )
    data["at"] = "languages"
    return (ask(context, data, "\n".join(lines)),)


def take_language(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take the text of a version in another language."""
    language, words = read_message(text, context.say, company=context.company, has_picture=False)
    data["messages"] = _with_text(data, language, words)
    return ask_languages(context, data)


def _with_text(data: Data, language: str, words: str) -> Data:
    """Give the texts with one more in the version that is written, or in place of that in its language."""
    variant, messages = data["variant"], data["messages"]
    return {**messages, variant: {**messages[variant], language: words}}


def ask_words(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for another text of a version that is there."""
    say, texts = context.say, data["messages"][data["variant"]]
    data["at"] = "words"
    question = say(
        "Version {variant}: what should customers read instead, in {language}? For another language begin "
        "with its tag, like «{tag}: …».",
        variant=data["variant"],
        language=own_name(_own_language(context, texts)),
        tag=next((one for one in (*texts, *languages()) if one != _own_language(context, texts)), "de"),
    )
    return (ask(context, data, question),)


def choose_version(context: StaffContext, data: Data, _: str = "", *, variant: str) -> Sequence[Draft]:
    """Ask for another text of another version."""
    if variant in data["messages"]:
        data["variant"] = variant
    return ask_words(context, data)


def take_words(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take a text in place of the one in its language; a new language asks for its buttons, too."""
    texts = data["messages"][data["variant"]]
    language, words = read_message(
        text,
        context.say,
        company=context.company,
        has_picture=bool(data.get("picture")),
        default=_own_language(context, texts),
    )
    data["messages"] = _with_text(data, language, words)
    return ask_labels(context, data) if data.get("buttons") else show_again(context, data)


def another_version(context: StaffContext, data: Data, _: str) -> Sequence[Draft]:
    """Begin another version; an old button may ask for more than there can be."""
    given = data["messages"]
    if len(given) == len(VARIANTS):
        return ask_languages(context, data)
    data |= {"at": "text", "variant": VARIANTS[len(given)]}
    return ask_version(context, data)


def ask_version(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for the text of the version that is due."""
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
    return onward(context, data, ask_buttons)


def skip_picture(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Go on without a picture, or with the one that is there."""
    return onward(context, data, ask_buttons)


def drop_picture(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Take the picture away."""
    data["picture"] = None
    return onward(context, data, ask_buttons)


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
    data.pop("labelled", None)  # of the buttons before these
    return ask_labels(context, data)


def skip_buttons(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Go on without buttons, or with those that are there."""
    return onward(context, data, ask_audience)


def drop_buttons(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Take the buttons away."""
    data["buttons"] = []
    return onward(context, data, ask_audience)


def ask_labels(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for the buttons in the next language that a text is in and they are not."""
    spoken = {language for texts in data["messages"].values() for language in texts}
    asked = set(data.get("labelled") or [_first_language(context, data)])
    missing = sorted(spoken - asked)
    if not missing:
        return onward(context, data, ask_audience)
    data |= {"at": "labels", "labels": missing[0], "labelled": sorted(asked | {missing[0]})}
    return ask_labels_again(context, data)


def ask_labels_again(context: StaffContext, data: Data, _: str = "") -> Sequence[Draft]:
    """Ask for the buttons in the language in which they are due."""
    question = context.say(
        "The same buttons in {language}? One a line, in the same order. Skipped, they stay as they are.",
        language=own_name(data["labels"]),
    )
    return (ask(context, data, question),)


def take_labels(context: StaffContext, data: Data, text: str) -> Sequence[Draft]:
    """Take the buttons in another language."""
    first = _first_language(context, data)
    data["buttons"] = add_labels(data["buttons"], text, context.say, language=data["labels"], first=first)
    return ask_labels(context, data)


def _first_language(context: StaffContext, data: Data) -> str:
    return _own_language(context, data["messages"][min(data["messages"])])


def _own_language(context: StaffContext, texts: Mapping[str, str]) -> str:
    own = context.company.language
    return own if own in texts else min(texts)
