"""Replies that are quicker than we are: handled once what they reply to is noted as sent.

The app shows a message before its answer to us is noted. A reply that came in between would be to a message
that we do not know, and would reach nobody.
"""

import asyncio
import logging
from collections.abc import Sequence

from handlers.incoming import Incoming
from store.engine import Database
from store.outbox import Sent, may_be_under_way
from store.trouble import trouble_of

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.02
LOOKS = 100
"""At most; after these two seconds a reply is taken as it is: it may well be to somebody else's message."""


async def until_noted(database: Database, updates: Sequence[Incoming]) -> None:
    """Wait while a message that one of the updates replies to may be one of ours that is being sent."""
    above = [Sent(update.channel, update.address, update.reply_to) for update in updates if update.reply_to]
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
    log.info("a reply is to a message that we do not know, while another is being sent to the same chat")
