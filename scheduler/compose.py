"""What all that we say first has in common: how a customer is greeted."""

from customers.phrases import Phrases
from scheduler.variables import first_name


def greeted(say: Phrases, name: str, text: str) -> str:
    """Begin a text with a greeting, as a language parts the two."""
    return say("{hello} {text}", hello=hello(say, name), text=text)


def hello(say: Phrases, name: str) -> str:
    """Greet somebody by first name, where the app told us one."""
    first = first_name(name)
    return say("Hello {name}!", name=first) if first else say("Hello!")
