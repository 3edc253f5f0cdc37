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
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PermanentError(RapportError):
    """Trying again cannot succeed."""
