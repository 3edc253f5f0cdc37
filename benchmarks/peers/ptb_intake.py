"""python-telegram-bot takes messages in: a committed row for each, then an echo, as its examples do."""

import argparse
from contextlib import AsyncExitStack
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

from benchmarks.peers.rows import TOKEN, Rows, arguments, open_rows

ROWS = "rows"


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Keep a message and answer it."""
    message = update.message
    if message is None or message.text is None:
        return
    rows: Rows = context.bot_data[ROWS]
    await rows.keep(update_id=update.update_id, chat_id=message.chat_id, text=message.text)
    await message.reply_text(message.text)


def run(asked: argparse.Namespace) -> None:
    """Run the bot until it is told to stop."""
    stack = AsyncExitStack()

    async def open_database(application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        application.bot_data[ROWS] = await stack.enter_async_context(open_rows(asked.database))

    async def close_database(_application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        await stack.aclose()

    builder = ApplicationBuilder().token(TOKEN).base_url(f"{asked.api_url}/bot")
    if asked.at_once > 1:
        builder = builder.concurrent_updates(asked.at_once)
    application = builder.post_init(open_database).post_shutdown(close_database).build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    if asked.mode == "polling":
        application.run_polling()
    else:
        application.run_webhook(
            listen="127.0.0.1",
            port=asked.port,
            secret_token=asked.secret,
            url_path="webhook",
            webhook_url=f"http://127.0.0.1:{asked.port}/webhook",
        )


if __name__ == "__main__":
    run(arguments())
