"""How long messages are cut."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.parts import TEXT_LIMIT, Part, parts_of, split
from customers.phrases import languages, phrases
from feedback.at_risk import AtRisk
from feedback.understanding import Understanding, Weight
from handlers.marketing.answers import MAX_PLACE, MAX_TEXT, MAX_TITLE, read_text
from handlers.staff.alert_text import WORDS_SHOWN, Case, compose
from handlers.staff.satisfaction_text import risk_in_words
from scheduler.delivery.channel import Outgoing
from scheduler.events.changes import Look
from scheduler.events.telling import describe
from scheduler.events.wording import change_text, invitation_text, reminder_text
from scheduler.text_length import length
from scheduler.variables import as_staff_reads
from store.errors import InputError
from store.outbox import Button, ButtonRows, Document
from store.tables.complaints import ComplaintState
from store.tables.customers import Standing
from store.tables.feedback import FeedbackKind, RiskReason
from store.tables.outreach import Event, Rsvp
from store.trends import Trend
from tests.factories import COMPANY, NOW

BUTTONS: ButtonRows = ((Button("Yes", "yes"),),)
FILE = Document("data.json", "application/json", "{}")
LIMIT = 50


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_pieces_fit_and_lose_nothing_that_shows(text: str) -> None:
    pieces = split(text, LIMIT)
    assert pieces
    assert all(length(piece) <= LIMIT for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.text(alphabet="ab 茶🫖\n。", max_size=400))
def test_no_piece_is_blank_unless_all_is(text: str) -> None:
    pieces = split(text, LIMIT)
    assert pieces == [pieces[0]] or all(piece.strip() for piece in pieces)


@given(st.text(alphabet="e\u0301\u0335\u200d👩", min_size=1, max_size=300))
def test_marks_without_end_are_cut_all_the_same(text: str) -> None:
    pieces = split(text, LIMIT)
    assert "".join(pieces) == text
    assert all(length(piece) <= LIMIT for piece in pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("a" * 30 + "\n" + "b" * 30, ["a" * 30 + "\n", "b" * 30]),
        ("a" * 30 + ". " + "b" * 10 + " " + "c" * 20, ["a" * 30 + ". ", "b" * 10 + " " + "c" * 20]),
        ("a" * 30 + " " + "b" * 30, ["a" * 30 + " ", "b" * 30]),
        ("茶" * 30 + "。" + "茶" * 30, ["茶" * 30 + "。", "茶" * 30]),
        ("a" * 60, ["a" * 50, "a" * 10]),
        ("🫖" * 30, ["🫖" * 25, "🫖" * 5]),
        ("a" * 49 + "e\u0301", ["a" * 49, "e\u0301"]),
        ("a" * 47 + "👩\u200d👧", ["a" * 47, "👩\u200d👧"]),
    ],
)
def test_a_text_is_cut_where_it_is_best(text: str, pieces: list[str]) -> None:
    assert split(text, LIMIT) == pieces


def test_the_first_part_replies_and_the_last_has_the_buttons() -> None:
    first, middle, last = parts_of(Outgoing(1, "7", "a" * 10_000, BUTTONS, reply_to="5"))
    assert (first.reply_to, first.buttons) == ("5", ())
    assert (middle.reply_to, middle.buttons) == (None, ())
    assert (last.reply_to, last.buttons) == (None, BUTTONS)


def test_a_short_text_is_the_documents_caption() -> None:
    assert parts_of(Outgoing(1, "7", "a" * 1024, BUTTONS, FILE, "5")) == (
        Part("a" * 1024, BUTTONS, FILE, "5"),
    )


def test_a_longer_text_follows_its_document() -> None:
    assert parts_of(Outgoing(1, "7", "a" * 1025, BUTTONS, FILE, "5")) == (
        Part("", (), FILE, "5"),
        Part("a" * 1025, BUTTONS),
    )


@pytest.mark.parametrize("language", languages())
def test_the_longest_alert_is_one_message_so_that_a_reply_to_it_is_always_understood(language: str) -> None:
    wide = "\N{TEAPOT}" * 200
    weights = tuple(Weight(wide, -1.0) for _ in range(WORDS_SHOWN + 1))
    case = Case(
        head="⏰ Still nobody has taken C-1000000 (1,000,000 minutes)",
        reference="C-1000000",
        name=wide,
        standing=Standing.KEY,
        is_new=True,
        words=wide * 100,
        understanding=Understanding(FeedbackKind.COMPLAINT, -1.0, weights),
        index=100.0,
        confidence=1.0,
        trend=Trend.UNKNOWN,
        due="Wednesday, September 30, 2026, 16:00 (London time)",
        is_answered=False,
        contact="Mei Lin" * 15,
        owner="Mei Lin" * 15,
        state=ComplaintState.RESOLVED,
        urgent=True,
        risk=risk_in_words(AtRisk(RiskReason.TURNED, NOW, before=100, lately=39.5), phrases(language), NOW),
    )
    assert length("(may be a repeat)\n" + compose(case, phrases(language))) <= TEXT_LIMIT


NAMES = st.text(min_size=1, max_size=200)
PIECES = ["{first_name}", "🍵", "茶" * 90, "a" * 400, "👩\u200d🌾 ", "\n"]
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=60)


@given(WORDS.map("".join), NAMES, st.sampled_from(languages()))
def test_what_a_marketer_may_send_leaves_in_one_message(text: str, name: str, language: str) -> None:
    try:
        read = read_text(text, phrases(language), company=COMPANY)
    except InputError:
        return
    filled = as_staff_reads(read, name, COMPANY, phrases(language))
    assert len(parts_of(Outgoing(1, "chat", filled))) == 1


@pytest.mark.parametrize("text", ["🍵" * (MAX_TEXT // 2), "{first_name}" * (MAX_TEXT // 128)])
@pytest.mark.parametrize("language", languages())
def test_the_longest_text_leaves_in_one_message(text: str, language: str) -> None:
    say = phrases(language)
    filled = as_staff_reads(read_text(text, say, company=COMPANY), "🫖" * 200, COMPANY, say)
    assert length(filled) > MAX_TEXT - 128
    assert len(parts_of(Outgoing(1, "chat", filled))) == 1


@pytest.mark.parametrize("language", languages())
def test_what_is_said_of_the_longest_event_leaves_in_one_message(language: str) -> None:
    say, name = phrases(language), "🫖" * 200
    event = Event(
        id=1,
        title="🍵" * MAX_TITLE,
        place="🏡" * MAX_PLACE,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=2),
        timezone="America/Argentina/Buenos_Aires",
        map_link="https://example.com/" + "m" * 280,
    )
    company, zone = replace(COMPANY, name="🏮" * 80), "Asia/Shanghai"
    before = Look("🍰" * MAX_TITLE, "🏠" * MAX_PLACE, NOW - timedelta(days=1), None, zone, None)
    changes = describe(before, Look.of(event), say)
    for text in (
        invitation_text(event, say, name=name, company=company, zone=zone),
        reminder_text(event, Rsvp.MAYBE, say, zone=zone),
        change_text(event, changes, say, answer=Rsvp.MAYBE, zone=zone),
    ):
        assert len(parts_of(Outgoing(1, "chat", text))) == 1
