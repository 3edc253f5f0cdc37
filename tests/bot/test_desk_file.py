"""The desk file: what it may say, that every fault is named with its place, that it is written as read."""

from datetime import time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load_settings
from bot.desk_file import read_desk
from bot.desk_text import as_toml
from bot.toml_faults import line_of
from customers.desk import LIMITS, WEEK, Desk, Hours, QuickReply, Rung, Step, Target, Team
from store.errors import ConfigurationError, InputError
from store.tables.complaints import CaseSeverity
from store.tables.staff import Role

FULL = """
key_factor = 0.25
causes = ["delivery", "质量"]
promise_terms = ["30m", "2d", "1w"]
currency = "cny"
silence_days = 1.5
speaks_as = "The tea desk"
concessions = ["refund"]

[hours]
mon-thu = ["13:00-18:00", "09:00-12:30"]
fri = "09:00-24:00"
timezone = "Europe/Berlin"
country = "de-by"

[targets.high]
first_response_hours = 2
resolution_hours = 24

[[ladder]]
at = 0.5
tells = "lead"
[[ladder]]
at = 1
tells = "manager"
raises = true

[limits]
agent = 50

[teams.china]
name = "Shanghai"
languages = ["zh"]
[teams.china.hours]
mon-sun = "08:00-20:00"
timezone = "Asia/Shanghai"

[teams.home]
name = "Home"

[quick_replies.refund-sent]
en = "Hello {name}, your refund for {reference} is on its way."
zh = "{name}您好，{reference} 的退款已发出。"
"""


def _read(folder: Path, text: str) -> Desk:
    file = folder / "desk.toml"
    file.write_text(text, encoding="utf-8")
    return read_desk(file)


def _faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        _read(folder, text)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


def test_all_that_a_file_may_say(tmp_path: Path) -> None:
    desk = _read(tmp_path, FULL)
    morning, afternoon = (time(9), time(12, 30)), (time(13), time(18))
    assert desk.hours.week == (*[(morning, afternoon)] * 4, ((time(9), time(0)),), (), ())
    assert (desk.hours.timezone, desk.hours.country, desk.currency) == ("Europe/Berlin", "DE-BY", "CNY")
    assert desk.targets == {CaseSeverity.HIGH: Target(2, 24)}
    assert desk.ladder == (Step(0.5, Rung.LEAD), Step(1, Rung.MANAGER, raises=True))
    assert desk.limits == {**LIMITS, Role.AGENT: 50}
    assert desk.teams["china"].languages == ("zh",)
    assert desk.teams["home"] == Team("Home", desk.hours)
    assert desk.promise_terms == (timedelta(minutes=30), timedelta(days=2), timedelta(days=7))
    assert desk.quick_replies["refund-sent"].texts["zh"].startswith("{name}您好")
    assert (desk.causes, desk.key_factor, desk.silence_days) == (("delivery", "质量"), 0.25, 1.5)


def test_an_empty_file_is_the_desk_that_holds_without_one(tmp_path: Path) -> None:
    assert _read(tmp_path, "") == Desk()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("\nkey_factor = 3", "line 2, key_factor: it must be 1 or less"),
        ('key_factor = "half"', "line 1, key_factor: it must be a number"),
        ("causes = []", "line 1, causes: it is empty: write at least one entry, or leave"),
        ('causes = "delivery"', "line 1, causes: it must be a list"),
        ("speaks_as = 1", "line 1, speaks_as: it must be a text"),
        ("[limits]\nagent = 1.5", "line 2, limits.agent: it must be a whole number"),
        ("colour = 1", "line 1, colour: there is no such key; see `rapport desk show` for those there are"),
        ('currency = "XYZQ"', "line 1, currency: it must be a currency (ISO 4217), e.g. EUR"),
        ('causes = ["a", "a"]', "line 1, causes: it has a twice"),
        ('promise_terms = ["4h", "soon"]', "line 1, promise_terms.2: it must be a number of minutes, hours"),
        ('promise_terms = ["400d"]', "line 1, promise_terms.1: it must be a number of minutes, hours"),
        ('[hours]\nmon-fri = ["09:00-12:00", "11:00-18:00"]', "line 1, hours: mon-fri: two spans overlap"),
        ('[hours]\nmon-fri = "09:00-12:00"\ntue = "09:00-10:00"', "line 1, hours: tue is set twice"),
        ('[hours]\nmon = "22:00-06:00"', "line 1, hours: mon: 22:00-06:00 ends before it begins"),
        ('[hours]\nmon = "8-9"', "line 1, hours: mon: a span must be like 09:00-18:00"),
        ('[hours]\nfri-mon = "08:00-09:00"', "line 1, hours: fri-mon goes backwards"),
        ('[hours]\nmonday = "08:00-09:00"', "line 1, hours: monday is no day"),
        ("[hours]\nmon = 8", "line 1, hours: mon must be a list of spans"),
        ('[hours]\ntimezone = "Mars"', "line 2, hours.timezone: it must be an IANA name"),
        ("hours = 8", "line 1, hours: "),
        ("teams = 8", "line 1, teams: "),
        ("[teams]\nday = 8", "line 2, teams.day: "),
        ("[teams.day]", "line 1, teams.day.name: it is missing"),
        ('[teams."night shift"]\nname = "N"', "line 1, teams.night shift: its name must be 1 to 32 letters"),
        (
            '[teams.day]\nname = "D"\n[teams.day.hours]\n\ncountry = "DE-XX"',
            "line 5, teams.day.hours.country: it must be a country with known holidays",
        ),
        (
            "[targets.normal]\nfirst_response_hours = 9\nresolution_hours = 3",
            "line 1, targets: normal: nothing is settled before it is answered",
        ),
        (
            '[[ladder]]\nat = 0.5\ntells = "owner"\n[[ladder]]\nat = 0.9\ntells = "boss"',
            "line 6, ladder.2.tells: it must be 'owner', 'lead' or 'manager'",
        ),
        (
            '[[ladder]]\nat = 0.5\ntells = "owner"\n[[ladder]]\nat = 0.5\ntells = "lead"',
            "line 1, ladder: the steps must stand in order",
        ),
        ('[quick_replies.hi]\nen = "Hello {nam}"', "line 2, quick_replies.hi.en: there is no {nam}"),
        ('[quick_replies.hi]\nen = "Hello {name"', "line 2, quick_replies.hi.en: a brace is not closed"),
        ('[quick_replies.hi]\nen = "{name.x}"', "line 2, quick_replies.hi.en: there is no {name.x}"),
        ("[limits]\nagent = -1", "line 2, limits.agent: it must be 0 or more"),
        ("[limits]\nboss = 1", "line 2, limits.boss: it must be 'agent', 'lead'"),
        ('speaks_as = " "', "line 1, speaks_as: it must be one line of 1 to 64 characters"),
        ("silence_days = nan", "line 1, silence_days: "),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    (found,) = _faults(tmp_path, text)
    assert found.startswith(fault)


def test_all_faults_are_named_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    faults = _faults(tmp_path, 'colour = 1\nkey_factor = 9\ncurrency = "QQQ"\n')
    assert [fault.split(",")[0] for fault in faults] == ["line 1", "line 2", "line 3"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"a = ", "is not valid TOML"), (b"\xff\xfe", "is not UTF-8"), (None, "cannot be read: No such file")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, fault: str) -> None:
    file = tmp_path / "desk.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=fault):
        read_desk(file)


def test_lines_are_found_as_well_as_can_be_told() -> None:
    text = '[a]\n[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n[d."e f"]\nx.y = 3\n'
    assert line_of(text, ["a", "b", 1, "c"]) == 5
    assert line_of(text, ["a", "b", 0, "c"]) == 3
    assert line_of(text, ["d", "e f", "x", "y"]) == 7
    assert line_of(text, ["q"]) is None


def test_the_setting_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.toml").write_text('speaks_as = "The tea desk"')
    monkeypatch.setenv("RAPPORT_DESK", "desk.toml")
    assert load_settings().company.desk.speaks_as == "The tea desk"
    (tmp_path / "desk.toml").write_text("speaks_as = 7")
    with pytest.raises(
        ConfigurationError, match=r"RAPPORT_DESK: desk.toml cannot be used:\s+line 1, speaks_as"
    ):
        load_settings()


spans = st.tuples(st.integers(0, 22), st.integers(1, 24)).filter(lambda span: span[0] < span[1])
days = spans.map(lambda span: ((time(span[0]), time(span[1] % 24)),)) | st.just(())
hours = st.builds(
    Hours,
    st.tuples(*[days] * len(WEEK)),
    st.sampled_from([None, "Asia/Shanghai"]),
    st.sampled_from([None, "GB", "DE-BY"]),
)
lines = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
words = st.from_regex(r"[a-z\u4e00-\u4e10][a-z0-9-]{0,8}", fullmatch=True)
desks = st.builds(
    Desk,
    teams=st.dictionaries(
        words, st.builds(Team, lines, hours, st.sampled_from([(), ("en", "zh-Hans")])), max_size=3
    ),
    hours=hours,
    targets=st.dictionaries(st.sampled_from(CaseSeverity), st.just(Target(1.5, 24.0))),
    key_factor=st.sampled_from([0.25, 1.0]),
    ladder=st.sampled_from(
        [(), (Step(0.3, Rung.OWNER),), (Step(0.5, Rung.LEAD), Step(1.0, Rung.MANAGER, raises=True))]
    ),
    causes=st.lists(lines, min_size=1, max_size=4, unique=True).map(tuple),
    quick_replies=st.dictionaries(
        words,
        st.builds(
            QuickReply,
            st.dictionaries(
                st.sampled_from(["en", "zh"]),
                lines.map(
                    lambda text: text.replace("{", "(").replace("}", ")") + ' {name}\n"quoted" \\ \x07'
                ),
                min_size=1,
            ),
        ),
        max_size=2,
    ),
    promise_terms=st.lists(
        st.integers(1, 500_000).map(lambda minutes: timedelta(minutes=min(minutes, 99_999))),
        min_size=1,
        max_size=3,
    ).map(tuple),
    speaks_as=st.none() | lines,
    silence_days=st.sampled_from([0.5, 3.0]),
)


@given(desks)
def test_what_is_written_is_read_again(desk: Desk) -> None:
    with TemporaryDirectory() as folder:
        written = as_toml(desk, first_response_hours=4, resolution_hours=72)
        assert _read(Path(folder), written) == desk
