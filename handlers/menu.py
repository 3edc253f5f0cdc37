"""The commands that an app's menu shows, with what each does; the router knows some more."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from customers.phrases import Phrases


class MenuItem(NamedTuple):
    """A command, without its slash, and what it does in one language."""

    name: str
    meaning: str


ALIKE = 0.75
"""How alike two names must be, 0–1 (``difflib``), for one to be meant by the other."""


def meant(written: str, menu: Iterable[MenuItem]) -> str | None:
    """Tell which command of a menu is meant by one that does not exist; None where none is like it."""
    known = [*(item.name for item in menu), "cancel"]
    return next(iter(get_close_matches(written, known, n=1, cutoff=ALIKE)), None)


def customer_menu(say: Phrases) -> tuple[MenuItem, ...]:
    """List what a customer may ask for."""
    return (
        MenuItem("start", say("Say hello")),
        MenuItem("help", say("What I can do for you")),
        MenuItem("feedback", say("Tell us what you think")),
        MenuItem("complaint", say("Report a problem")),
        MenuItem("status", say("See how your complaint is doing")),
        MenuItem("events", say("See what is coming up")),
        MenuItem("festivals", say("Choose on which festivals we greet you")),
        MenuItem("birthday", say("Tell us your birthday")),
        MenuItem("language", say("Choose your language")),
        MenuItem("stop", say("Stop messages you did not ask for")),
        MenuItem("consent", say("Choose what we may write to you about")),
        MenuItem("resume", say("Get our news and invitations again")),
        MenuItem("mydata", say("See everything we keep about you")),
        MenuItem("forget", say("Have everything about you erased")),
    )


def staff_menu(say: Phrases) -> tuple[MenuItem, ...]:
    """List what staff may ask for."""
    return (*desk_menu(say), *market_menu(say), MenuItem("cancel", say("Stop what you began")))


def desk_menu(say: Phrases) -> tuple[MenuItem, ...]:
    """List what every member of staff may ask for."""
    return (
        MenuItem("help", say("What the team can do here")),
        MenuItem("open", say("Open complaints")),
        MenuItem("atrisk", say("Customers whom we may lose, and why")),
        MenuItem("satisfaction", say("How content customers are")),
        MenuItem("customer", say("How content one customer is")),
        MenuItem("team", say("Who is there, and how much each has")),
        MenuItem("onduty", say("Begin your work: cases come to you")),
        MenuItem("offduty", say("End your work for today")),
        MenuItem("away", say("Be away until a day")),
        MenuItem("tasks", say("What you are asked to do: get in touch with customers")),
        MenuItem("coverage", say("How many return visits were made and answered")),
        MenuItem("bought", say("Note what a customer bought")),
        MenuItem("find", say("Find cases and messages")),
        MenuItem("case", say("One case and its history")),
        MenuItem("digest", say("How the desk did")),
        MenuItem("note", say("A note in a case, for us alone")),
        MenuItem("r", say("Quick replies")),
        MenuItem("handover", say("Give what is yours to a colleague")),
        MenuItem("contact", say("Say who looks after a customer")),
        MenuItem("birthday", say("Keep a customer's birthday")),
        MenuItem("leave", say("Leave, and hand over all that is yours")),
        MenuItem("promise", say("Promise a customer something by a time")),
        MenuItem("promises", say("Your promises, and those that are broken")),
        MenuItem("concession", say("Make good: refund, voucher, apology")),
        MenuItem("checkin", say("Check in a guest of an event")),
        MenuItem("door", say("How many are at the event")),
        MenuItem("tag", say("Mark a customer with words")),
        MenuItem("untag", say("Take a word away from a customer")),
    )


def market_menu(say: Phrases) -> tuple[MenuItem, ...]:
    """List what those may ask for who write to many."""
    return (
        MenuItem("segment", say("Pick customers by a filter, and save it")),
        MenuItem("newevent", say("Invite customers to an event")),
        MenuItem("events", say("Coming events: who comes, changes")),
        MenuItem("broadcast", say("Write to all customers who agreed")),
        MenuItem("campaign", say("Plan a campaign, step by step")),
        MenuItem("template", say("Texts that you kept")),
        MenuItem("calendar", say("What is planned for the next 30 days")),
        MenuItem("campaigns", say("See, pause or cancel what goes to many")),
        MenuItem("suppressed", say("What was not sent, and why")),
        MenuItem("results", say("Whether visits, greetings and campaigns work")),
    )
