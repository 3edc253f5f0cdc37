"""How a marketer goes through ``/campaign``: answers and taps, one after the other."""

from typing import Any

from sqlalchemy import select

from handlers.marketing import previews
from store.tables.outreach import Campaign
from store.tables.queues import OutboxMessage
from tests.talk import Talk, button_data

MEI = "900"


def tap(talk: Talk, message: OutboxMessage, ending: str, **fields: Any) -> list[OutboxMessage]:
    """Tap the button under a message whose data ends so."""
    (data,) = (one for one in button_data(message) if one.endswith(f":{ending}"))
    return talk.taps(data, sender=MEI, **fields)


def through(talk: Talk, *answers: str) -> list[OutboxMessage]:
    """Answer one question after the other; ``/x`` taps the button that ends so."""
    said: list[OutboxMessage] = []
    for answer in answers:
        if answer.startswith("/") and said:
            said = tap(talk, said[-1], answer[1:])
        else:
            said = talk.says(answer, sender=MEI)
    return said


def the_campaign(talk: Talk) -> Campaign:
    with talk.database.reading() as session:
        found = session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
        assert found is not None
        return found


SHORT = ("/campaign Hi {first_name|friend}!", "/skip", "/skip", "/skip")
"""The steps up to whom it is for, as short as can be."""


def count(talk: Talk) -> list[OutboxMessage]:
    """Let the beat count whom previews reach."""
    with talk.database.reading() as session:
        seen = previews.see_previews(session, company=talk.company, now=talk.now)
    with talk.database.transaction() as session:
        previews.tell_previews(session, seen, company=talk.company, now=talk.now)
        assert previews.tell_previews(session, seen, company=talk.company, now=talk.now) == 0
    return talk.deliver()
