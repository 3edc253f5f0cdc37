"""``rapport staff``: who is known, who is there, who leaves, and every wrong word said back."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Settings, load_settings
from bot.people_commands import let_leave, set_duty
from bot.staff_commands import add, change, listed, listing
from customers.staff import About
from feedback.complaints import open_complaint
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.complaints import Complaint
from store.tables.queues import OutboxMessage
from store.tables.staff import Role
from tests.factories import COMPANY, NOW, make_customer

DESK = """
[teams.china]
name = "Shanghai"
languages = ["zh"]
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with one team, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.toml").write_text(DESK)
    monkeypatch.setenv("RAPPORT_DESK", "desk.toml")
    return load_settings()


@pytest.fixture
def house(database: Database, settings: Settings) -> Database:
    """A database with Mei Lin (1), Mei Chen (2) and Tom (3), all agents."""
    for name in ("Mei Lin", "Mei Chen", "Tom"):
        list(add(database, settings, name=name, role=Role.AGENT))
    return database


def _duty(house: Database, settings: Settings, who: str, what: str, **more: str) -> str:
    given = {"until": None, "cover": None} | more
    return "\n".join(set_duty(house, settings, who=who, what=what, **given))  # type: ignore[arg-type] # literals


def _leave(house: Database, settings: Settings, who: str, **more: object) -> Iterator[str]:
    given = {"to": None, "spread": False, "team": None} | more
    return let_leave(house, settings, who=who, **given)  # type: ignore[arg-type] # as given


def test_what_is_known_of_staff_is_changed_and_listed(house: Database, settings: Settings) -> None:
    about = About(None, "Mei from the desk", Role.LEAD, "china", listed("en, zh"), listed("delivery"))
    line = change(house, settings, who="mei chen", about=about)
    assert re.search(
        r"2\s+Mei Chen\s+lead\s+on duty\s+not joined yet  "
        r"team china; languages en,zh; skills delivery; public name Mei from the desk",
        line,
    )
    taken_away = About(public_name="", team="", languages=listed(""), skills=listed(""))
    assert change(house, settings, who="2", about=taken_away).endswith("not joined yet")
    assert len(list(listing(house))) == 3


@pytest.mark.parametrize(
    ("who", "about", "why"),
    [
        ("mei", About(role=Role.LEAD), r"'mei' may be Mei Lin \(1\), Mei Chen \(2\): give the number"),
        ("2", About(skills=["juggling"]), "'juggling' is no part of the service: choose of delivery"),
        ("2", About(languages=["klingon!"]), "'klingon!' is no language tag"),
        ("2", About(team="night"), "there is no team 'night': choose of china"),
        ("2", About(), "nothing to change"),
        ("2", About(name="17"), "the name 17 is a number"),
        ("2", About(name=" "), "the name is empty"),
        ("2", About(name="x" * 65), "longer than 64"),
        ("99", About(name="A"), "nobody of the staff is called '99'"),
        ("", About(name="A"), "nobody of the staff is called ''"),
    ],
)
def test_what_cannot_be_so_is_refused(
    house: Database, settings: Settings, who: str, about: About, why: str
) -> None:
    with pytest.raises((InputError, NotFoundError), match=why):
        change(house, settings, who=who, about=about)


def test_duty_is_set_and_cases_go_where_somebody_is(house: Database, settings: Settings) -> None:
    with house.transaction() as session:
        open_complaint(
            session,
            customer=make_customer(session, contact_id=1),
            channel="webchat",
            address="w-1",
            text="It broke.",
            company=COMPANY,
            now=NOW,
        )
    assert _duty(house, settings, "mei lin", "off") == (
        "Mei Lin is off duty.\nCases that were theirs went to others, who are told in the staff chat."
    )
    with house.reading() as session:
        assert session.scalar(select(Complaint.owner_id)) == 2
        assert "Mei Chen, 1 case is yours now" in str(session.scalars(select(OutboxMessage.body)).all())
    assert _duty(house, settings, "1", "away", until="2d", cover="tom").startswith("Mei Lin is away until 20")
    assert _duty(house, settings, "1", "on") == "Mei Lin is on duty."


def test_leaving_by_command(house: Database, settings: Settings) -> None:
    with house.transaction() as session:
        make_customer(session, contact_id=1)
    assert list(_leave(house, settings, "1", to="tom")) == [
        "Mei Lin has left and has no access any more.",
        "Tom takes over 1 customer, 0 open cases, 0 open promises.",
    ]
    told = list(_leave(house, settings, "tom", spread=True))
    assert told[1] == "Mei Chen takes over 1 customer, 0 open cases, 0 open promises."


@pytest.mark.parametrize(
    ("does", "why"),
    [
        (lambda h, s: _duty(h, s, "tom", "away"), "--until belongs to away"),
        (lambda h, s: _duty(h, s, "tom", "off", until="2d"), "--until belongs to away"),
        (lambda h, s: _duty(h, s, "tom", "off", cover="2"), "--cover belongs to away"),
        (lambda h, s: _duty(h, s, "tom", "away", until="soonish"), "no time I can read"),
        (lambda h, s: _duty(h, s, "tom", "away", until="2d cover 1"), "after the time stands 'cover 1'"),
        (lambda h, s: _duty(h, s, "tom", "away", until="2d", cover="tom"), "stand in for themselves"),
        (lambda h, s: list(_leave(h, s, "tom")), "who takes over"),
        (lambda h, s: list(_leave(h, s, "tom", to="1", spread=True)), "who takes over"),
        (lambda h, s: list(_leave(h, s, "tom", to="1", team="china")), "--team belongs to --spread"),
        (lambda h, s: list(_leave(h, s, "tom", to="tom")), "cannot take over from themselves"),
        (
            lambda h, s: list(_leave(h, s, "tom", spread=True, team="china")),
            "nobody else who has joined is in the team",
        ),
        (lambda h, s: list(_leave(h, s, "nobody", to="tom")), "nobody of the staff is called 'nobody'"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    house: Database, settings: Settings, does: Callable[[Database, Settings], object], why: str
) -> None:
    before = list(listing(house))
    with pytest.raises((InputError, NotFoundError), match=why):
        does(house, settings)
    assert list(listing(house)) == before
