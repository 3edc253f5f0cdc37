"""python-telegram-bot sends a broadcast behind its own ``AIORateLimiter``, set to the limit, with retries."""

import asyncio

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ApplicationBuilder

from benchmarks.peers.broadcast import TOKEN, Broadcast, run

RETRIES = 3


async def main(broadcast: Broadcast) -> None:
    """Send all, so many at once; the limiter holds back who is too fast."""
    limiter = AIORateLimiter(overall_max_rate=broadcast.per_s, overall_time_period=1, max_retries=RETRIES)
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{broadcast.api_url}/bot")
    application = builder.rate_limiter(limiter).build()
    rest = iter(broadcast)

    async def sender() -> None:
        for chat, text in rest:
            try:
                await application.bot.send_message(chat_id=chat, text=text)
            except TelegramError:
                broadcast.lost += 1

    async with application:
        await asyncio.gather(*(sender() for _ in range(broadcast.at_once)))


if __name__ == "__main__":
    run(main)
