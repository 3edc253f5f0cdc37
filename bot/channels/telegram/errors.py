"""What Telegram's refusals mean to the rest of the program."""

from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType

from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.http import NotSentError
from scheduler.delivery.channel import RefusedError, UnreachableError
from store.errors import ConfigurationError, RapportError, TemporaryError

GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "group chat was deactivated",
    "chat_write_forbidden",
    "have no rights to send",
    "not enough rights to send",
    "chat_send_plain_forbidden",
    "bot was kicked",
    "bot is not a member",
)
"""Parts of the refusals that mean that nothing can reach the chat."""

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What reading an answer of no known form raises."""

LONGEST_REASON = 300
"""Characters of Telegram's words that are kept; a proxy may answer with a whole page."""


class _Translating(AbstractContextManager[None]):
    """Without a state, so that one is enough: a generator for each message takes longer."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, TelegramError):
            raise translated(error) from error
        if isinstance(error, UNREADABLE):
            reason = f"Telegram's answer cannot be read ({type(error).__name__})"
            raise TemporaryError(reason, maybe_delivered=True) from error


_TRANSLATING = _Translating()


def telegram_errors_translated() -> AbstractContextManager[None]:
    """Turn errors of python-telegram-bot, raised inside, into those that the channel port names."""
    return _TRANSLATING


def translated(error: TelegramError) -> RapportError:
    """Choose the program's error for one of python-telegram-bot's."""
    message = error.message[:LONGEST_REASON]
    if isinstance(error, RetryAfter):
        return TemporaryError("Telegram asks to wait", retry_after_s=wait_s_of(error))
    if isinstance(error, Forbidden):
        return UnreachableError(message)
    if isinstance(error, BadRequest):
        return UnreachableError(message) if is_chat_gone(error) else RefusedError(message)
    surely_not_done = isinstance(error, NotSentError | InvalidToken | Conflict)
    return TemporaryError(f"Telegram: {message}", maybe_delivered=not surely_not_done)


def wait_s_of(error: TelegramError) -> float | None:
    """Tell the wait that Telegram asked for, in seconds."""
    if not isinstance(error, RetryAfter):
        return None
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def is_chat_gone(error: BadRequest) -> bool:
    """Tell whether nothing can reach the chat."""
    return any(part in error.message.lower() for part in GONE)


def forbids_media(error: BadRequest) -> bool:
    """Tell whether a chat takes no files of this kind, as its owner wished; it may well take words."""
    message = error.message.lower()
    return "rights to send" in message and "text messages" not in message


def has_no_such_part(error: BadRequest) -> bool:
    """Tell whether an edit failed because a message has words where we took them for a caption, or so."""
    message = error.message.lower()
    return "there is no text in the message" in message or "there is no caption in the message" in message


def is_unmodified(error: TelegramError) -> bool:
    """Tell whether an edit failed only because nothing would change."""
    return isinstance(error, BadRequest) and "message is not modified" in error.message.lower()


def is_token_refused(error: BaseException, *, known_good: bool) -> bool:
    """Tell whether the token is wrong.

    Args:
        error: what was raised.
        known_good: whether the token worked before; then "not found" (404) is a fault on the way, and only
            "unauthorized" (401) means that the token was revoked.
    """
    return isinstance(error, InvalidToken) and not (known_good and "not found" in error.message.lower())


def token_refused() -> ConfigurationError:
    """Compose the error for a token that Telegram does not know; it does not show the token."""
    return ConfigurationError(
        "Telegram does not know the token in RAPPORT_TELEGRAM_TOKEN: copy it again from @BotFather "
        "(and check RAPPORT_TELEGRAM_API_URL, if you set it)"
    )
