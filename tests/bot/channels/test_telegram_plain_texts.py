"""The short way to read a plain text says what the library says, or nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.moves import GroupMoves
from bot.channels.telegram.plain_texts import read_plain_text
from bot.channels.telegram.updates import Me, read_any
from handlers.incoming import IncomingKind

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ME = Me(id=111, username="Lantern_Tea_bot")
PLAIN: dict[str, Any] = {
    "update_id": 5,
    "message": {
        "message_id": 9,
        "from": {"id": 77, "is_bot": False, "first_name": "Ana", "language_code": "es"},
        "chat": {"id": 77, "type": "private", "first_name": "Ana"},
        "date": int(NOW.timestamp()),
        "text": "The tea was cold",
    },
}

numbers = st.integers(-(2**53), 2**53)
words = st.text(max_size=20)
odd: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-1, 2) | st.text(max_size=3) | st.just([]) | st.just({})
)
people = st.fixed_dictionaries(
    {"id": numbers, "is_bot": st.booleans(), "first_name": words},
    optional={"last_name": words, "username": words, "language_code": words, "is_premium": st.booleans()},
)
chats = st.fixed_dictionaries(
    {"id": numbers, "type": st.sampled_from(["private", "group", "supergroup"])},
    optional={"first_name": words, "last_name": words, "username": words, "title": words},
)
messages = st.fixed_dictionaries(
    {"message_id": numbers, "from": people, "chat": chats, "date": st.integers(-1, 2**34), "text": words},
    optional={"edit_date": st.integers(1, 2**31), "caption": words, "migrate_from_chat_id": numbers},
)
updates: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"update_id": numbers, "message": messages}
)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """An update with one value that is of another type, or one field that is missing or too many."""
    update: dict[str, Any] = draw(updates)
    message = update["message"]
    place = draw(st.sampled_from([update, message, message["from"], message["chat"]]))
    name = draw(st.sampled_from([*place, "other"]))
    if draw(st.booleans()):
        place[name] = draw(odd)
    else:
        place.pop(name, None)
    return update


@given(updates | spoilt())
def test_both_ways_read_the_same(raw: dict[str, Any]) -> None:
    moves = GroupMoves()
    plain = read_plain_text(raw, moves)
    if plain is not None:
        assert plain == read_any(raw, me=ME, moves=moves, now=NOW).incoming


@given(st.data())
def test_what_telegram_sends_most_is_read_the_short_way(data: st.DataObject) -> None:
    text = data.draw(st.text(min_size=1))
    raw = {"update_id": 5, "message": {**PLAIN["message"], "text": text}}
    plain = read_plain_text(raw, GroupMoves())
    assert plain is not None
    assert (plain.kind, plain.text, plain.address, plain.at) == (IncomingKind.MESSAGE, text, "77", NOW)


@pytest.mark.parametrize(
    "more",
    [
        {"entities": [{"type": "bold", "offset": 0, "length": 3}]},
        {"photo": []},
        {"reply_to_message": {}},
        {"via_bot": {"id": 1, "is_bot": True, "first_name": "b"}},
        {"text": ""},
        {"date": True},
        {"chat": {"id": -5, "type": "group", "title": "Staff"}},
        {"from": {"id": 1, "is_bot": True, "first_name": "b"}},
    ],
)
def test_all_else_is_left_to_the_library(more: dict[str, Any]) -> None:
    assert read_plain_text({"update_id": 5, "message": PLAIN["message"] | more}, GroupMoves()) is None
    assert read_plain_text({"update_id": 5, "edited_message": PLAIN["message"]}, GroupMoves()) is None
