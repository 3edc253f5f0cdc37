"""What all that we say first has in common: how a customer is greeted."""

from customers.phrases import Phrases
from scheduler.variables import first_name


def hello(say: Phrases, name: str) -> str:
    """Greet somebody by first name, where the app told us one."""
    first = first_name(name)
    return say("Hello {name}!", name=first) if first else say("Hello!")
