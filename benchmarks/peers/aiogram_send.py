"""aiogram sends a broadcast; a 429 is waited out, as its example of a broadcaster does."""

import asyncio

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter

from benchmarks.peers.broadcast import TOKEN, Broadcast, run


async def send(bot: Bot, chat: int, text: str) -> None:
    """Send one message, and again after each 429."""
    while True:
        try:
            await bot.send_message(chat_id=chat, text=text)
        except TelegramRetryAfter as refused:
            await asyncio.sleep(refused.retry_after)
        else:
            return


async def main(broadcast: Broadcast) -> None:
    """Send all, so many at once."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(broadcast.api_url))
    rest = iter(broadcast)

    async def sender(bot: Bot) -> None:
        for chat, text in rest:
            try:
                await send(bot, chat, text)
            except TelegramAPIError:
                broadcast.lost += 1

    async with Bot(TOKEN, session=session) as bot:
        await asyncio.gather(*(sender(bot) for _ in range(broadcast.at_once)))


if __name__ == "__main__":
    run(main)
