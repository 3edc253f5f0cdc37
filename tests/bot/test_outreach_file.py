"""The outreach file: what it may say, every fault is named with its place, it is written as it is read."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli import app
from bot.config import load_settings
from bot.outreach_file import as_toml, in_words, read_outreach
from bot.outreach_reports import suppressed
from customers.outreach import EVERY_HOLD, YIELDING, Hold, Outreach
from store.engine import Database
from store.errors import ConfigurationError, InputError, NotFoundError
from store.suppressions import Suppressed, note_suppressed
from store.tables.customers import Purpose
from tests.factories import NOW, make_customer

FULL = """
most = 3
within = "2w"
yielding = ["visits", "offers", "greetings", "invitations"]
bad_rating_days = 7.5
best_hours = false
holdout = 0
seed = "茶"
[holds]
offers = []
visits = ["complaint", "rating"]
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "outreach.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_all_that_it_says_is_read(tmp_path: Path) -> None:
    found = read_outreach(write(tmp_path, FULL))

    assert (found.most, found.within, found.bad_rating_days) == (3, timedelta(weeks=2), 7.5)
    assert found.yielding[0] is Purpose.VISITS
    assert (found.best_hours, found.holdout, found.seed) == (False, 0.0, "茶")
    assert found.held_by(Purpose.OFFERS) == frozenset()
    assert found.held_by(Purpose.VISITS) == {Hold.COMPLAINT, Hold.RATING}
    assert found.held_by(Purpose.GREETINGS) == EVERY_HOLD


@pytest.mark.parametrize(
    ("within", "spoken"), [("1h", "1 hour"), ("36h", "36 hours"), ("24h", "1 day"), ("2w", "14 days")]
)
def test_a_term_is_said_in_its_largest_unit(tmp_path: Path, within: str, spoken: str) -> None:
    found = read_outreach(write(tmp_path, f'within = "{within}"'))

    assert f"at most 2 messages in {spoken}, " in in_words(found)


def test_what_it_leaves_out_is_as_without_a_file(tmp_path: Path) -> None:
    found = read_outreach(write(tmp_path, ""))

    assert all(found.held_by(purpose) == EVERY_HOLD for purpose in Purpose)
    assert (found.most, found.within, tuple(found.yielding)) == (2, timedelta(days=7), YIELDING)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("most = 0", "line 1, most: it must be 1 or more"),
        ("most = true", "line 1, most: it must be a number"),
        ("most = 2.5", "line 1, most: it must be a whole number"),
        (
            '\nwithin = "7 days"',
            "line 2, within: it must be a number of hours, days or weeks up to a year, e.g.",
        ),
        ('within = "999w"', "line 1, within: it must be a number of hours"),
        ("within = 7", "line 1, within: it must be a number of hours"),
        ('yielding = ["offers"]', "line 1, yielding: it must name each purpose once"),
        ('yielding = ["offers", "offers", "visits", "greetings"]', "must name each purpose once"),
        ('yielding = ["spam", "offers", "visits", "greetings"]', "line 1, yielding.1: it must be 'visits'"),
        ("bad_rating_days = -1", "line 1, bad_rating_days: it must be greater than 0"),
        ("bad_rating_days = nan", "line 1, bad_rating_days: it must be"),
        ("holdout = 0.6", "line 1, holdout: it must be 0.5 or less"),
        ('seed = ""', "line 1, seed: it must be one line"),
        (f'seed = "{"茶" * 22}"', "line 1, seed: it must be one line of at most 64 bytes"),
        ('[holds]\noffers = ["mood"]', "line 2, holds.offers"),
        ("[holds]\nspam = []", "line 2, holds.spam"),
        ("[holds]\noffers = 1", "line 2, holds.offers"),
        ("cap = 2", "line 1, cap: there is no such key; see `rapport outreach show` for those there are"),
        ("most = ", "is not valid TOML"),
    ],
)
def test_every_fault_is_named_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        read_outreach(write(tmp_path, text))

    assert fault in str(caught.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_outreach(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'seed = "\xe4"')
    with pytest.raises(InputError, match="is not UTF-8"):
        read_outreach(tmp_path / "latin.toml")


outreaches = st.builds(
    Outreach,
    most=st.integers(1, 1000),
    within=st.integers(1, 366 * 24).map(lambda hours: timedelta(hours=hours)),
    yielding=st.permutations(YIELDING).map(tuple),
    holds=st.fixed_dictionaries({purpose: st.frozensets(st.sampled_from(Hold)) for purpose in Purpose}),
    bad_rating_days=st.integers(1, 365).map(float),
    best_hours=st.booleans(),
    holdout=st.sampled_from([0.0, 0.05, 0.25, 0.5]),
    seed=st.text(st.characters(min_codepoint=33, max_codepoint=0x24F), min_size=1, max_size=20).filter(
        str.isprintable
    ),
)


@given(outreaches)
def test_it_is_written_as_it_is_read(outreach: Outreach) -> None:
    with TemporaryDirectory() as folder:
        assert read_outreach(write(Path(folder), as_toml(outreach))) == outreach


def test_the_setting_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_OUTREACH", str(write(tmp_path, "most = 5")))
    assert load_settings().company.outreach.most == 5

    write(tmp_path, "most = 0\nholdout = 1")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "RAPPORT_OUTREACH" in str(caught.value)
    assert "line 2, holdout" in str(caught.value)


def run(*arguments: str) -> tuple[int, str]:
    """Run ``rapport outreach``."""
    result = CliRunner().invoke(app, ["outreach", *arguments], catch_exceptions=True)
    return result.exit_code, result.output + str(result.exception or "")


def test_show_prints_a_file_that_check_calls_good(tmp_path: Path) -> None:
    code, text = run("show")
    assert code == 0

    said = "can be used: at most 2 messages in 7 days, all that can holds back, holdout 0.05.\n"
    assert run("check", str(write(tmp_path, text))) == (0, f"{tmp_path / 'outreach.toml'} {said}")
    code, text = run("check", str(write(tmp_path, FULL)))
    assert (code, "less holds back offers, visits" in text) == (0, True)
    assert "line 1, most" in run("check", str(write(tmp_path, "most = 0")))[1]


def test_what_was_not_said_is_counted_and_listed(database: Database) -> None:
    assert list(suppressed(database, days=36_500, campaign=None, limit=20)) == [
        "Nothing was left unsaid in the last 36500 days."
    ]
    with database.transaction() as session:
        ana, bo = make_customer(session).id, make_customer(session, display_name="").id
        rows = [Suppressed(one, "campaign:3", Purpose.OFFERS, "too many") for one in (ana, bo)]
        note_suppressed(session, rows, now=NOW)

    [header, count, *listed] = suppressed(database, days=36_500, campaign=None, limit=20)

    assert (header.split(), count.split()) == (
        ["purpose", "number", "reason"],
        ["offers", "2", "too", "many", "messages", "lately"],
    )
    assert listed == [
        f"2026-11-21 12:00 UTC  campaign:3  customer {bo}: too many messages lately",
        f"2026-11-21 12:00 UTC  campaign:3  customer {ana} (Ana): too many messages lately",
    ]
    with pytest.raises(NotFoundError, match="there is no campaign 9"):
        list(suppressed(database, days=1, campaign=9, limit=20))
