"""What a tap leads to stands where it was tapped, so that a talk by taps stays one message."""

from dataclasses import replace

from handlers.context import Context
from store.outbox import Draft, find_by_external_id


def in_place_of_tapped(context: Context, draft: Draft) -> Draft:
    """Let a draft replace the message whose button was tapped; a new message where that is not known."""
    incoming = context.incoming
    if incoming.button is None or incoming.message_id is None:
        return draft
    tapped = find_by_external_id(
        context.session,
        channel=incoming.channel,
        address=incoming.address,
        external_id=incoming.message_id,
    )
    return draft if tapped is None else replace(draft, edits=tapped.dedupe_key)
