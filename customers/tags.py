"""Tags: words by which the company marks its customers, such as ``wholesale``."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from customers.phrases import Phrases
from store.errors import InputError
from store.tables.customers import CustomerTag

LONGEST_TAG = 40
MOST_TAGS = 30
"""Tags that one customer may bear."""

_PARTED = re.compile(r"[\s,，、;；]+")
_NO_TAG = re.compile(r"[^\w+./&'’-]")


def read_tags(text: str, say: Phrases) -> Sequence[str]:
    """Read tags as they are kept: in small letters, each once, in the order in which they are written.

    Args:
        text: words with blanks or commas between them; a ``#`` before one is passed over.
        say: in whose language a mistake is told.

    Raises:
        InputError: one is too long, or holds what no tag may.
    """
    words = [as_tag(word) for word in _PARTED.split(text)]
    tags = list(dict.fromkeys(word for word in words if word))
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise InputError(
                say("The tag “{tag}…” is longer than {limit} characters.", tag=tag[:9], limit=LONGEST_TAG)
            )
        if _NO_TAG.search(tag):
            raise InputError(say("A tag is made of letters and digits, which “{tag}” is not.", tag=tag))
    return tags


def as_tag(word: str) -> str:
    """Write a word as a tag is kept."""
    return unicodedata.normalize("NFKC", word).strip().lstrip("#").casefold()


def tags_of(session: Session, customer_id: int) -> Sequence[str]:
    """List the tags of a customer, in order."""
    theirs = select(CustomerTag.tag).where(CustomerTag.customer_id == customer_id)
    return session.scalars(theirs.order_by(CustomerTag.tag)).all()


def tag_customer(
    session: Session, customer_id: int, tags: Sequence[str], *, say: Phrases, now: datetime
) -> Sequence[str]:
    """Mark a customer with tags; does not commit.

    Args:
        session: the open transaction.
        customer_id: whom.
        tags: as ``read_tags`` gives them.
        say: in whose language a mistake is told.
        now: aware UTC.

    Returns:
        Those that are new.

    Raises:
        InputError: it would be more than one customer may bear.
    """
    known = set(tags_of(session, customer_id))
    new = [tag for tag in tags if tag not in known]
    if len(known) + len(new) > MOST_TAGS:
        raise InputError(
            say("A customer has at most {limit} tags. Please take one away first: /untag", limit=MOST_TAGS)
        )
    session.add_all(CustomerTag(customer_id=customer_id, tag=tag, at=now) for tag in new)
    session.flush()
    return new


def untag_customer(session: Session, customer_id: int, tags: Iterable[str]) -> Sequence[str]:
    """Take tags away from a customer; does not commit.

    Returns:
        Those that they had.
    """
    gone = sorted(set(tags_of(session, customer_id)) & set(tags))
    theirs = delete(CustomerTag).where(CustomerTag.customer_id == customer_id, CustomerTag.tag.in_(gone))
    session.execute(theirs)
    return gone


def count_tags(session: Session) -> Mapping[str, int]:
    """Count the customers of each tag, by name."""
    counted = select(CustomerTag.tag, func.count()).group_by(CustomerTag.tag).order_by(CustomerTag.tag)
    return {row[0]: row[1] for row in session.execute(counted)}
