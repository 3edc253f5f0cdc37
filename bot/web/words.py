"""What the pages themselves say, in the browser's language."""

import re
from collections.abc import Mapping

from customers.phrases import Phrases, language_of, languages, phrases

_MOST_TAGS = 20


def page_phrases(accept_language: str, default: str) -> Phrases:
    """Choose the language of a page by what the browser accepts, in its order of liking.

    Whose browser names only languages that we have no words in reads what the chat says to them: English.
    """
    weighted = [_weighted(part) for part in accept_language.split(",")[:_MOST_TAGS]]
    liked = [language_of(tag, "") for _, tag in sorted(weighted, key=lambda item: -item[0])]
    spoken = next((language for language in liked if language in languages()), "")
    return phrases(spoken or next(filter(None, liked), default))


def _weighted(part: str) -> tuple[float, str]:
    tag, _, parameter = part.strip().partition(";")
    found = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)", parameter)
    return (float(found[1]) if found else 1.0), tag.strip()


def shared_words(say: Phrases) -> Mapping[str, str]:
    """Give the words of both pages, by the names that the scripts use."""
    return {
        "conversation": say("Conversation"),
        "message": say("Message"),
        "write": say("Write a message…"),
        "send": say("Send"),
        "commands": say("Commands"),
        "attach": say("Attach"),
        "file": say("Photo or file"),
        "place": say("My location"),
        "placeShown": say("Location"),
        "online": say("Online"),
        "connecting": say("Connecting…"),
        "waiting": say("No connection. Trying again in {seconds} s"),
        "offline": say("You are offline. What you write is kept and sent later."),
        "you": say("You"),
        "reply": say("Reply"),
        "edit": say("Edit"),
        "edited": say("edited"),
        "cancel": say("Cancel"),
        "remove": say("Remove"),
        "replyingTo": say("Replying to {name}"),
        "editing": say("Editing your message"),
        "earlier": say("Show earlier messages"),
        "more": say("Show all"),
        "pending": say("waiting to be sent"),
        "sent": say("sent"),
        "notSent": say("not sent"),
        "retry": say("Try again"),
        "chosen": say("chosen"),
        "download": say("Download {name}"),
        "photo": say("Photo"),
        "fileGone": say("{name} cannot be shown here"),
        "newMessages": say("New messages"),
        "today": say("Today"),
        "yesterday": say("Yesterday"),
        "started": say("You joined the chat"),
        "tooLong": say("This message is longer than {limit} characters. Please send it in parts."),
        "tooLarge": say("This file is larger than {limit} MB. Please send a smaller one."),
        "uploadFailed": say("The file could not be sent. Please try again."),
        "uploading": say("Sending {name}…"),
        "noPlace": say("Your browser did not tell where you are."),
        "soundOn": say("Turn sound on"),
        "soundOff": say("Turn sound off"),
        "somebody": say("Colleague"),
        "skip": say("Skip to the message field"),
        "empty": say("Complaints and questions will appear here. To see one, write as a customer at /chat."),
        "needsScript": say("This chat needs JavaScript. Please switch it on and reload the page."),
    }


def title(say: Phrases, company: str, *, staff: bool) -> str:
    """Name a page."""
    return (
        say("Team chat of {company}", company=company)
        if staff
        else say("Chat with {company}", company=company)
    )
