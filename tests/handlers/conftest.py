"""A staff chat beside the customers' chats."""

import pytest

from tests.handlers.rooms import StaffRoom
from tests.talk import Talk


@pytest.fixture
def room(talk: Talk) -> StaffRoom:
    """The staff chat, where Mei and Tom, both agents, have joined."""
    return StaffRoom.opened(talk)
