"""What is said of a half-written draft: that it is kept, goes on, or is given up."""

from customers.phrases import Phrases
from handlers.drafts import BROADCAST, CAMPAIGN


def kept(step: str, say: Phrases) -> str:
    """Say that a draft was set aside, and by which command it is gone on with."""
    return {
        CAMPAIGN: say("✏️ The campaign that you were writing is kept: /campaign goes on with it."),
        BROADCAST: say("✏️ The text that you were writing is kept: /broadcast goes on with it."),
    }.get(step, say("✏️ The event that you were writing is kept: /newevent goes on with it."))


def given_up(step: str, say: Phrases) -> str:
    """Say that a draft is no more."""
    return {
        CAMPAIGN: say("The campaign that you were writing is given up."),
        BROADCAST: say("The text that you were writing is given up."),
    }.get(step, say("The event that you were writing is given up."))


def goes_on(step: str, say: Phrases) -> str:
    """Head the question at which a draft is gone on with."""
    return {
        CAMPAIGN: say("The campaign that you were writing goes on; /cancel gives it up."),
        BROADCAST: say("The text that you were writing goes on; /cancel gives it up."),
    }.get(step, say("The event that you were writing goes on; /cancel gives it up."))
