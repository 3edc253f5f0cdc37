"""What a message of a customer can be; by itself, so that who only reads messages loads no database."""

from enum import StrEnum


class FeedbackKind(StrEnum):
    """What a message of a customer is, first of all."""

    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    QUESTION = "question"
    PERSON_REQUEST = "person_request"
    OPT_OUT = "opt_out"
    GREETING = "greeting"
    SMALL_TALK = "small_talk"
    OTHER = "other"
