"""The menu of commands that Telegram shows to customers, in each language."""

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats

from customers.phrases import SOURCE_LANGUAGE, Phrases, languages, phrases


async def register_commands(bot: Bot) -> None:
    """Tell Telegram which commands to show in chats with customers.

    Raises:
        telegram.error.TelegramError: Telegram did not take them.
    """
    scope = BotCommandScopeAllPrivateChats()
    for language in languages():
        code = None if language == SOURCE_LANGUAGE else language
        await bot.set_my_commands(customer_commands(phrases(language)), scope=scope, language_code=code)


def customer_commands(say: Phrases) -> list[BotCommand]:
    """List the commands that customers can use, with what each does, in one language."""
    return [
        BotCommand("start", say("Say hello")),
        BotCommand("help", say("What I can do for you")),
        BotCommand("feedback", say("Tell us what you think")),
        BotCommand("complaint", say("Report a problem")),
        BotCommand("status", say("See how your complaint is doing")),
        BotCommand("events", say("See what is coming up")),
        BotCommand("language", say("Choose your language")),
        BotCommand("stop", say("Stop messages you did not ask for")),
        BotCommand("resume", say("Get our news and invitations again")),
        BotCommand("mydata", say("See everything we keep about you")),
        BotCommand("forget", say("Have everything about you erased")),
    ]
