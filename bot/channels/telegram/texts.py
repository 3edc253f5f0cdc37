"""Plain texts, the most of what is sent: the call alone, without an object for each part of its answer."""

from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.http import post_plain
from store.outbox import Button, ButtonRows

NO_PREVIEW = {"is_disabled": True}


class TextsBot(Bot):
    """A ``Bot`` over an ``AiohttpRequest`` that also sends a text and gives only the number of the message.

    ``Bot.send_message`` builds a ``Message`` of the answer, of which delivery needs one number: it takes
    longer than the request. Errors are the same.
    """

    async def send_text(
        self,
        chat: str,
        text: str,
        *,
        buttons: ButtonRows = (),
        reply_to: int | None = None,
        paid: bool = False,
    ) -> int:
        """Send a text without a preview of its links.

        Args:
            chat: where to.
            text: plain text; the Bot API's limit is the caller's care.
            buttons: rows of buttons.
            reply_to: the message that it is shown under; where that is gone, it is sent all the same.
            paid: whether it may go beyond the free pace, for Telegram Stars.

        Raises:
            telegram.error.TelegramError: as ``Bot.send_message``, and where the answer names no message.
        """
        data: dict[str, Any] = {"chat_id": chat, "text": text, "link_preview_options": NO_PREVIEW}
        if buttons:
            keyboard = [[_button(one) for one in row] for row in buttons]
            data["reply_markup"] = {"inline_keyboard": keyboard}
        if reply_to is not None:
            data["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
        if paid:
            data["allow_paid_broadcast"] = True
        answer = await post_plain(self.request, f"{self.base_url}/sendMessage", data)
        number = answer.get("message_id") if isinstance(answer, dict) else None
        if not isinstance(number, int):
            raise TelegramError("the answer holds no message")
        return number


def _button(button: Button) -> dict[str, str]:
    where = {"url": button.link} if button.link else {"callback_data": button.data}
    return {"text": button.label, **where}
