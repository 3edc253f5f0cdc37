"""What each table holds, a module per area; importing this package knows them all."""

from store.tables import (
    complaints,
    conversations,
    customers,
    definitions,
    desk,
    digests,
    event_guard,
    feedback,
    keys,
    learning,
    outreach,
    queues,
    search,
    second_looks,
    staff,
)
from store.tables.base import Base

__all__ = [
    "Base",
    "complaints",
    "conversations",
    "customers",
    "definitions",
    "desk",
    "digests",
    "event_guard",
    "feedback",
    "keys",
    "learning",
    "outreach",
    "queues",
    "search",
    "second_looks",
    "staff",
]
