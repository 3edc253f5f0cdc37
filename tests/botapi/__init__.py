"""A Bot API server for the tests: real HTTP, Telegram's rules, faults on demand, an account of all it got."""

from tests.botapi.server import BotApi

__all__ = ["BotApi"]
