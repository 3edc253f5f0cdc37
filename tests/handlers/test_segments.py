"""``/segment`` and ``/tag`` in the chat: shown with a count and a few, kept by name, by those who may."""

import pytest
from sqlalchemy import select

from customers.phrases import phrases
from handlers.marketing.segments import count_in_words
from scheduler.segments import counting
from scheduler.segments.counting import Count
from store.tables.customers import Standing
from store.tables.staff import Role, Staff
from tests.factories import make_customer, make_staff
from tests.talk import Talk, button_data, texts


@pytest.fixture
def marketer(talk: Talk) -> str:
    """A marketer who speaks as "900"; six customers, three of them key, with satisfaction 0 to 50."""
    with talk.database.transaction() as session:
        make_staff(session, name="Mei Tan", role=Role.MARKETER, sender="900")
        make_staff(session, name="Tom", role=Role.AGENT, sender="901")
        for number in range(6):
            standing = Standing.KEY if number % 2 else Standing.REGULAR
            make_customer(session, display_name="Ana Lopes", standing=standing, index=10.0 * number)
    return "900"


def told(talk: Talk, text: str, sender: str = "900") -> str:
    (answer,) = texts(talk.says(text, sender=sender))
    return answer


def test_a_filter_shows_how_many_it_picks_and_a_few_by_number(talk: Talk, marketer: str) -> None:
    (shown,) = talk.says("/segment standing = key and index < 40", sender=marketer)
    assert shown.body["text"].startswith(
        "customers with standing = key and index < 40\nIt picks 2 of 6 customers.\n\nFor example:\nno. 2 · "
    )
    assert "Ana" not in shown.body["text"]  # it could not be found when she is erased
    assert button_data(shown) == ["customer:2", "customer:4"]
    (card,) = talk.taps("customer:2", sender=marketer)
    assert (card.about, "Ana Lopes" in card.body["text"]) == ("customer:2", True)


def test_a_segment_of_nobody_or_everybody_is_called_so(talk: Talk, marketer: str) -> None:
    assert "It picks nobody now, of 6 customers." in told(talk, "/segment zh")
    assert "⚠️ It picks everybody: all 6 customers." in told(talk, "/segment index >= 0")


def test_of_very_many_customers_the_number_is_reckoned(
    talk: Talk, marketer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "COUNTED_AT_ONCE", 4)
    monkeypatch.setattr(counting, "STRETCHES", 2)
    assert "It picks some 3 of 6 customers, as 4 of them show." in told(talk, "/segment key")


def test_a_mistake_is_pointed_at_in_the_readers_language(talk: Talk, marketer: str) -> None:
    assert told(talk, "/segment index < low") == "index < «low»\na number belongs here"
    assert told(talk, "/segment Low: index < low") == "index < «low»\na number belongs here"
    assert "A segment cannot be called “key”" in told(talk, "/segment key: index < 40")


def test_a_mistake_in_a_saved_segment_is_marked_where_it_is_named_and_in_itself(
    talk: Talk, marketer: str
) -> None:
    told(talk, "/tag 2 vip", "901")
    told(talk, "/segment Low: contact = “Mei Tan”")
    with talk.database.transaction() as session:
        for one in session.scalars(select(Staff)):
            one.name = f"{one.name}!"
    assert told(talk, "/segment key and Low") == (
        "key and «Low»\nthe segment “Low” cannot be used:\n"
        "contact = «“Mei Tan”»\nthere is no contact “Mei Tan”. Did you mean: Mei Tan!, Tom!?"
    )
    talk.says("/segment Round: key", sender=marketer)
    talk.says("/segment Round: Round", sender=marketer)
    (circle,) = texts(talk.taps("segment:replace", sender=marketer))
    assert "these segments are made of each other: Round → Round" in circle
    assert "^" not in circle


def test_a_segment_is_kept_by_name_and_used_as_an_audience(talk: Talk, marketer: str) -> None:
    assert "“Low” is saved" in told(talk, "/segment Low: index < 30")
    assert "“Low”: customers with index < 30\nIt picks 3 of 6" in told(talk, "/segment low")
    assert told(talk, "/segment").startswith("Segments:\n• Low: index < 30\n")
    talk.says("/broadcast Hello!", sender=marketer)
    (preview,) = talk.says("low and key", sender=marketer)
    assert "For: customers with low and key.\n\nIt reaches 1 of 1." in preview.body["text"]
    *messages, _ = talk.taps(button_data(preview)[0], sender=marketer)
    assert texts(messages) == ["Hello!"]
    planned = talk.says("/newevent Tea | 2027-03-01 19:00 | Here | 9 | low", sender=marketer)
    assert "Places: 9. For: the segment “low”." in texts(planned)[0]
    in_use = "“low” stays, for it is in use:\n• campaign: Hello!\n• event: Tea"
    assert told(talk, "/segment remove low") == in_use


def test_what_a_name_stands_for_is_replaced_after_a_tap(talk: Talk, marketer: str) -> None:
    told(talk, "/segment Low: index < 30")
    (asked,) = talk.says("/segment Low： index < 10", sender=marketer)
    assert asked.body["text"].startswith("“Low” is index < 30 so far. Replace it?\nIt picks 1 of 6")
    assert "index < 30" in told(talk, "/segment low")
    (done,) = talk.taps("segment:replace", sender=marketer)
    assert "“Low” is saved" in done.body["text"]
    assert "index < 10" in told(talk, "/segment low")
    (stale,) = talk.taps("segment:replace", sender=marketer)
    assert "is saved" not in stale.body["text"]
    assert told(talk, "/segment remove Low") == "The segment “Low” is gone. It was: index < 10"
    assert "There is no segment “Low”" in told(talk, "/segment remove Low")


def test_all_that_can_be_asked_is_explained_in_one_message(talk: Talk, marketer: str) -> None:
    explained = told(talk, "/segment fields")
    assert "index < 60 – satisfaction, 0–100" in explained
    assert len(explained) < 4000


def test_who_may_not_invite_learns_nothing_of_segments(talk: Talk, marketer: str) -> None:
    assert told(talk, "/segment all", sender="901") == told(talk, "/nonsense", sender="901")
    assert "picks" not in texts(talk.taps("segment:replace", sender="901"))[0]
    assert "customers" not in "".join(texts(talk.says("/segment all", sender="77")))


def test_tags_are_put_on_and_taken_off_by_all_staff(talk: Talk, marketer: str) -> None:
    (tagged,) = talk.says("/tag 2 VIP, #Wholesale 茶友", sender="901")
    assert (tagged.about, tagged.body["text"]) == ("customer:2", "Ana Lopes · Tags: vip, wholesale, 茶友")
    assert "Tags: vip, wholesale, 茶友" in texts(talk.taps("customer:2", sender="901"))[0]
    assert "It picks 1 of 6" in told(talk, "/segment tag = ＶＩＰ and tag in (茶友, other)")
    untagged = "Ana Lopes · Tags: wholesale, 茶友\nThey did not have: gold."
    assert told(talk, "/untag 2 vip gold", "901") == untagged
    assert told(talk, "/untag 2 wholesale 茶友", "901") == "Ana Lopes · No tags."
    for wrong in ("/tag", "/tag 99 x", "/untag x y"):
        assert "Which customer?" in told(talk, wrong, "901")
    assert "is longer than 40" in told(talk, f"/tag 2 {'x' * 41}", "901")
    assert "is made of letters and digits" in told(talk, "/tag 2 $$", "901")
    assert "at most 30 tags" in told(talk, f"/tag 2 {' '.join(map(str, range(31)))}", "901")


def test_of_one_customer_it_is_spoken_in_the_singular() -> None:
    say = phrases("en")
    assert count_in_words(Count(0, 1), say) == "It picks nobody now, of 1 customer."
    assert count_in_words(Count(1, 1), say) == "⚠️ It picks everybody: the 1 customer that there is."
