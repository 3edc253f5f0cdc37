"""aiogram takes messages in: a committed row for each, then an echo; as its documentation shows."""

import argparse
import asyncio

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message, Update
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from benchmarks.peers.rows import TOKEN, Rows, arguments, open_rows


async def echo(message: Message, event_update: Update, rows: Rows) -> None:
    """Keep a message and answer it; a filter would be asked in a thread, which costs more than to look."""
    if message.text is None:
        return
    await rows.keep(update_id=event_update.update_id, chat_id=message.chat.id, text=message.text)
    await message.answer(message.text)


async def run(asked: argparse.Namespace) -> None:
    """Run the bot until it is told to stop."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(asked.api_url))
    async with open_rows(asked.database) as rows, Bot(TOKEN, session=session) as bot:
        dispatcher = Dispatcher(rows=rows)
        dispatcher.message.register(echo)
        if asked.mode == "polling":
            await bot.delete_webhook()
            limit = asked.at_once if asked.at_once > 1 else None
            await dispatcher.start_polling(bot, tasks_concurrency_limit=limit)
        else:
            await serve(dispatcher, bot, asked)


async def serve(dispatcher: Dispatcher, bot: Bot, asked: argparse.Namespace) -> None:
    """Take updates by webhook."""
    application = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=asked.secret).register(application, path="/webhook")
    setup_application(application, dispatcher, bot=bot)
    runner = web.AppRunner(application, handle_signals=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", asked.port).start()
    await bot.set_webhook(f"http://127.0.0.1:{asked.port}/webhook", secret_token=asked.secret)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(arguments()))
