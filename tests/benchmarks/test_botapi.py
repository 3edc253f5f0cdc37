"""The benchmarks' Bot API server: it understands what bots send, and keeps its books right."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.botapi.account import Account
from benchmarks.botapi.client import Server
from benchmarks.botapi.updates import FIRST_UPDATE, People, Posts, Waiting, compose

UPDATES = 30
PATH = "/bot1:x/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server.running(tmp_path_factory.mktemp("botapi"), updates=UPDATES) as server:
        yield server


@pytest.fixture
def say(server: Server) -> Iterator[Callable[..., list[Any]]]:
    """Write bytes, in pieces, to the server; gives the answers, as many as are asked for."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def say(*pieces: bytes, answers: int = 1) -> list[Any]:
            for piece in pieces:
                connection.sendall(piece)
            return [_answer(connection) for _ in range(answers)]

        yield say


def _answer(connection: socket.socket) -> Any:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return json.loads(body)


def _post(method: str, body: bytes, kind: str) -> bytes:
    head = f"POST {PATH}{method} HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


FORM = "application/x-www-form-urlencoded"
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n7\r\n'
    b'--b\r\nContent-Disposition: form-data; name="text"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    + "tea & 茶".encode()
    + b"\r\n--b--\r\n"
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"chat_id=7&text=tea+%26+%E8%8C%B6", FORM),
        ("chat_id=7&text=tea %26 茶".encode(), FORM),
        (json.dumps({"chat_id": 7, "text": "tea & 茶"}).encode(), "application/json"),
        (json.dumps({"chat_id": 7, "text": "tea & 茶"}).encode(), "application/json; charset=utf-8"),
        (MULTIPART, "multipart/form-data; boundary=b"),
    ],
)
def test_a_message_is_read_however_it_is_written(
    say: Callable[..., list[Any]], body: bytes, kind: str
) -> None:
    [answer] = say(_post("sendMessage", body, kind))

    assert answer["ok"]
    assert (answer["result"]["chat"]["id"], answer["result"]["text"]) == (7, "tea & 茶")


def test_requests_come_in_pieces_and_together(say: Callable[..., list[Any]]) -> None:
    one, two = (_post("sendMessage", f"chat_id=-7&text={text}".encode(), FORM) for text in ("one", "two"))

    answers = say(one[:30], one[30:-2], one[-2:] + two + one, answers=3)

    assert [answer["result"]["text"] for answer in answers] == ["one", "two", "one"]
    assert answers[0]["result"]["chat"]["type"] == "supergroup"


def test_a_body_may_come_in_chunks(say: Callable[..., list[Any]]) -> None:
    head = f"POST {PATH}sendMessage HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: {FORM}\r\n\r\n"

    [answer] = say(head.encode() + b"a\r\nchat_id=7&\r\n", b"8\r\ntext=tea\r\n", b"0\r\n\r\n")

    assert answer["result"]["text"] == "tea"


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [("sendMessage", b"chat_id=7", 400), ("sendMessage", b"chat_id=7&text=", 400), ("brewTea", b"", 404)],
)
def test_what_cannot_be_done_is_refused(
    say: Callable[..., list[Any]], method: str, body: bytes, code: int
) -> None:
    [answer] = say(_post(method, body, FORM))

    assert (answer["ok"], answer["error_code"]) == (False, code)


def test_updates_are_given_until_they_are_confirmed(server: Server, say: Callable[..., list[Any]]) -> None:
    def fetch(offset: int) -> list[int]:
        [answer] = say(_post("getUpdates", f"offset={offset}&limit=20&timeout=0".encode(), FORM))
        return [update["update_id"] - FIRST_UPDATE for update in answer["result"]]

    assert fetch(0) == fetch(0) == list(range(20))
    assert fetch(FIRST_UPDATE + 20) == list(range(20, UPDATES))
    assert fetch(FIRST_UPDATE + UPDATES) == []
    count = server.book("count")
    assert (count["fetched"], count["given_again"], count["confirmed"]) == (UPDATES, 20, UPDATES)


def test_a_full_second_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([10.0, 10.2, 10.9, 11.0, 11.1, 11.2])
    monkeypatch.setattr("benchmarks.botapi.account.time.monotonic", lambda: next(moments))
    account = Account(limit=2)

    taken = [account.send("7", f"tea {number}") for number in range(6)]

    assert taken == [True, True, False, True, False, True]
    assert (account.stats()["refused"], account.stats()["most_in_a_second"]) == (2, 2)


def test_posts_of_one_chat_go_one_after_the_other() -> None:
    updates = compose(6, people=People(chats=2))
    posts = Posts(iter(updates))

    under_way = [posts.next(), posts.next()]

    assert posts.next() is None
    assert under_way[0] is not None
    assert under_way[1] is not None
    assert under_way[0].chat != under_way[1].chat
    posts.fail(under_way[1])
    assert posts.next() is under_way[1]
    posts.confirm(under_way[0])
    following = posts.next()
    assert following is not None
    assert following.chat == under_way[0].chat


def test_updates_go_on_after_earlier_ones() -> None:
    more = compose(5, people=People(chats=3, apart=100), skip=10)

    waiting = Waiting(more)

    assert [update.number - FIRST_UPDATE for update in waiting.give(100)] == [10, 11, 12, 13, 14]
    assert waiting.confirm(FIRST_UPDATE + 12)
    assert [update.number - FIRST_UPDATE for update in waiting.give(2)] == [12, 13]
    assert {(update.chat - 100_000) % 100 for update in more} == {0}
