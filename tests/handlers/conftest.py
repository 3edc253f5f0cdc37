"""A staff chat beside the customers' chats."""

from dataclasses import replace

import pytest

from customers.consent import set_consent
from store.tables.staff import Role
from tests.factories import make_customer, make_staff
from tests.handlers.marketing_talks import MEI
from tests.handlers.rooms import StaffRoom
from tests.talk import Talk


@pytest.fixture
def room(talk: Talk) -> StaffRoom:
    """The staff chat, where Mei and Tom, both agents, have joined."""
    return StaffRoom.opened(talk)


@pytest.fixture
def marketer(talk: Talk) -> str:
    """A marketer who speaks as "900"; four customers, of whom one reads Chinese and one said stop."""
    talk.company = replace(talk.company, outreach=replace(talk.company.outreach, holdout=0.0))
    with talk.database.transaction() as session:
        make_staff(session, name="Mei Tan", role=Role.MARKETER, sender=MEI)
        make_customer(session, display_name="Ana Lopes", sender="77")
        make_customer(session, display_name="", sender="78")
        make_customer(session, display_name="小明", language="zh", sender="79")
        stopped = make_customer(session, display_name="Stop", sender="80")
        set_consent(session, stopped.id, granted=False, now=talk.now)
    return MEI
