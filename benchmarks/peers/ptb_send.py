"""python-telegram-bot sends a broadcast; a 429 is waited out, as its documentation says."""

import asyncio

from telegram import Bot
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder

from benchmarks.peers.broadcast import TOKEN, Broadcast, run


async def send(bot: Bot, chat: int, text: str) -> None:
    """Send one message, and again after each 429."""
    while True:
        try:
            await bot.send_message(chat_id=chat, text=text)
        except RetryAfter as refused:
            await asyncio.sleep(float(refused.retry_after))  # type: ignore[arg-type]  # a number unless asked otherwise
        else:
            return


async def main(broadcast: Broadcast) -> None:
    """Send all, so many at once."""
    application = ApplicationBuilder().token(TOKEN).base_url(f"{broadcast.api_url}/bot").build()
    rest = iter(broadcast)

    async def sender() -> None:
        for chat, text in rest:
            try:
                await send(application.bot, chat, text)
            except TelegramError:
                broadcast.lost += 1

    async with application:
        await asyncio.gather(*(sender() for _ in range(broadcast.at_once)))


if __name__ == "__main__":
    run(main)
