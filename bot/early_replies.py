"""Replies and taps that are quicker than we are: handled once the message they are about is noted as sent.

The app shows a message before its answer to us is noted. A reply that came in between would be to a message
that we do not know, and would reach nobody; what a tap leads to would not stand in its place.
"""

import asyncio
import logging
from collections.abc import Sequence

from handlers.incoming import Incoming, IncomingKind
from store.engine import Database
from store.outbox import Sent, may_be_under_way
from store.trouble import trouble_of

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.02
LOOKS = 100
"""At most; after these two seconds it is taken as it is: a reply may well be to somebody else's message."""


async def until_noted(database: Database, updates: Sequence[Incoming]) -> None:
    """Wait while a message that one of the updates is about may be one of ours that is being sent."""
    above = [
        Sent(update.channel, update.address, shown)
        for update in updates
        if (shown := update.message_id if update.kind is IncomingKind.BUTTON else update.reply_to)
    ]
    if not above:
        return
    for _ in range(LOOKS):
        try:
            if not await database.read(may_be_under_way, above):
                return
        except Exception as error:
            if trouble_of(error) is None:
                raise
            return  # whoever handles the updates meets it, too, and keeps them
        await asyncio.sleep(LOOK_EVERY_S)
    log.info(
        "a reply or tap is about a message that we do not know, while another is being sent to the same chat"
    )
