"""The errors of the whole program: one root, and a kind for each party who must act."""


class RapportError(Exception):
    """Something Rapport can name went wrong; the message says what, to what, and what to do."""


class ConfigurationError(RapportError):
    """The operator must change a setting, a file or the machine."""


class InputError(RapportError):
    """Whoever wrote the input must write it differently."""


class NotFoundError(RapportError):
    """What was asked for does not exist, or not for the one who asked."""


class TemporaryError(RapportError):
    """Trying again later can succeed.

    Attributes:
        retry_after_s: the wait in seconds that the other side asked for, or None where it named none.
        maybe_delivered: whether what was asked may have been done all the same. True where the request had
            been written and no clear answer came back: a time-out, a reset, a 5xx. False where it surely was
            not done: the connection was never made, or the other side refused for now (429).
    """

    def __init__(
        self, message: str, retry_after_s: float | None = None, *, maybe_delivered: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.maybe_delivered = maybe_delivered


class PermanentError(RapportError):
    """Trying again cannot succeed."""
