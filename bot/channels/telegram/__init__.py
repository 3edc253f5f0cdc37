"""Telegram, on python-telegram-bot: `connection` opens it; all else here serves that."""
