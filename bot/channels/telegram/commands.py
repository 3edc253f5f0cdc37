"""The menu of commands that Telegram shows to customers, in each language."""

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats

from customers.phrases import SOURCE_LANGUAGE, languages, phrases
from handlers.menu import customer_menu


async def register_commands(bot: Bot) -> None:
    """Tell Telegram which commands to show in chats with customers.

    Raises:
        telegram.error.TelegramError: Telegram did not take them.
    """
    scope = BotCommandScopeAllPrivateChats()
    for language in languages():
        code = None if language == SOURCE_LANGUAGE else language
        commands = [BotCommand(name, meaning) for name, meaning in customer_menu(phrases(language))]
        await bot.set_my_commands(commands, scope=scope, language_code=code)
