"""The loop that tutorials show: a message, ``sleep(0.05)``, the next message."""

import asyncio

from telegram import Bot
from telegram.error import TelegramError

from benchmarks.peers.broadcast import TOKEN, Broadcast, run

PAUSE_S = 0.05


async def main(broadcast: Broadcast) -> None:
    """Send all, one after the other."""
    async with Bot(TOKEN, base_url=f"{broadcast.api_url}/bot") as bot:
        for chat, text in broadcast:
            try:
                await bot.send_message(chat_id=chat, text=text)
            except TelegramError:
                broadcast.lost += 1
            await asyncio.sleep(PAUSE_S)


if __name__ == "__main__":
    run(main)
