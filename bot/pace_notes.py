"""How fast Telegram is written to by the settings, beside what it documents; for the doctor and the start."""

from collections.abc import Iterator

from bot.config import FREE_PER_S, PAID_PER_S, Settings

CHAT_PER_S = 1.0
GROUP_PER_MINUTE = 20.0
"""https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this."""

PAY = "or set RAPPORT_TELEGRAM_PAID_BROADCASTS=true, which costs Telegram Stars"


def pace(settings: Settings) -> str:
    """Say how fast messages leave for Telegram, at the most."""
    return (
        f"{settings.telegram_per_s:g} messages a second over all,"
        f" {settings.telegram_chat_messages_per_s:g} a second to one chat,"
        f" {settings.telegram_group_messages_per_minute} a minute to one group"
    )


def pace_notes(settings: Settings) -> Iterator[str]:
    """Say what of that is more than Telegram documents, and what costs; nothing where Telegram is off."""
    if settings.telegram_token is None:
        return
    paid = settings.telegram_paid_broadcasts
    over_all = PAID_PER_S if paid else FREE_PER_S
    in_group = float(settings.telegram_group_messages_per_minute)
    limits = (
        ("MESSAGES_PER_S", settings.telegram_per_s, over_all, "a second over all"),
        ("CHAT_MESSAGES_PER_S", settings.telegram_chat_messages_per_s, CHAT_PER_S, "a second to one chat"),
        ("GROUP_MESSAGES_PER_MINUTE", in_group, GROUP_PER_MINUTE, "a minute to one group"),
    )
    for name, value, documented, unit in limits:
        if value > documented:
            mend = f"lower it, {PAY}" if documented == FREE_PER_S else "lower it"
            yield (
                f"RAPPORT_TELEGRAM_{name} is {value:g}, but Telegram documents {documented:g} {unit}: it"
                f" refuses what is too fast, and then all goes slower; {mend}"
            )
    if paid:
        yield (
            "RAPPORT_TELEGRAM_PAID_BROADCASTS is on, which costs 0.1 Telegram Stars for each message beyond"
            f" {FREE_PER_S:g} a second, from your bot's balance"
        )
