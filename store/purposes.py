"""What a message of ours is for; by itself, so that who only reads messages loads no database."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a first-spoken message is for; consent is asked and withdrawn for each."""

    VISITS = "visits"
    GREETINGS = "greetings"
    INVITATIONS = "invitations"
    OFFERS = "offers"
