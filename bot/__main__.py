"""``python -m bot`` is the command ``rapport``."""

from bot.cli import main

main()
