"""Whatever people send is answered, reaches staff word for word, and does not stop what they send next."""

import pytest
from sqlalchemy import select

from handlers.incoming import clean_text
from store.tables.complaints import Complaint, ComplaintState
from store.tables.conversations import Message
from store.tables.feedback import Feedback, SatisfactionEntry
from store.tables.queues import InboxUpdate
from tests.e2e.stage import UNKNOWN_COMMAND, Stage, complaint_id, reference_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

STALE = "This button no longer does anything."
APOLOGY = "something went wrong on our side"
MARKUP = "<b>&amp;</b> <script>alert('hi')</script> _*[x](tg://user?id=1)~`>#+-=|{}.!\\ {reference} %s"
RIGHT_TO_LEFT = "התה קר \u202eand the cup is broken\u202c والخدمة بطيئة"
ZALGO = "T̷̢͓͖͙̫̠̳̀̓̊̕͝h̴̡̛͉̟̻͖̄̏̀͘ë̶̡͔́̍͛̚ ̷t̵̨͈͍̹̆̽̎͝e̴a̸"
EMOJI = "😡🤬💔👎🏽👨‍👩‍👧‍👦"

STRANGE = {
    "4,096 characters": "The tea was cold. " * 227 + "The tea wa",
    "only emoji": EMOJI,
    "right to left": RIGHT_TO_LEFT,
    "zalgo": ZALGO,
    "NUL": "The tea\x00was cold",
    "lone surrogates": "The tea \ud83d was \udc00\ud800 cold",
    "markup": MARKUP,
    "nothing to see": "\u200b\u200d\u2060",
    "one line of newlines": "\n\n\n.\n\n",
    "numbers": "9" * 400,
}

FORGED = {
    "garbage": "garbage",
    "nothing but separators": "::::",
    "an empty verb": ":1:yes",
    "a verb alone": "solved",
    "a verb of staff": "take:1",
    "another verb of staff": "resolve:1",
    "a verb of marketers": "newevent:1:send",
    "a word that is no answer": "solved:1:maybe",
    "too many stars": "rate:c1:9",
    "a number below zero": "solved:-1:yes",
    "a huge number": "solved:999999999999999:yes",
    "a number that no database has": "rsvp:99999999999999999999999999999999:going",
    "digits of another script": "rate:f１:5",
    "a language that nobody speaks": "language:xx",
    "half a wish to be forgotten": "forget:maybe",
    "somebody's visit": "visit:1:5",
    "64 bytes": "x" * 64,
    "NUL": "solved:1\x00:yes",
    "a lone surrogate": "rate:\ud800:5",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
async def test_strange_text_is_answered_and_kept(stage: Stage, text: str) -> None:
    ana = stage.botapi.user("Ana")
    ana.says(text)
    answer = await ana.hears()
    assert APOLOGY not in answer.text
    await stage.still_answers(ana)
    kept = stage.column(select(Message.text).where(Message.sender == str(ana.id)))
    assert kept == [clean_text(text), "Hello"]


@pytest.mark.parametrize("text", ["/", "/ ", "/@lantern_tea_bot", "/none", "/стоп", "/開始"])
async def test_a_command_that_does_not_exist_is_answered(stage: Stage, text: str) -> None:
    ana = stage.botapi.user("Ana")
    ana.says(text)
    assert (await ana.hears()).text == UNKNOWN_COMMAND
    await stage.still_answers(ana)


@pytest.mark.parametrize(
    "name", ["<b>Ana</b> & {company} %s", ZALGO, RIGHT_TO_LEFT, "\x00", "\ud800", "A" * 64]
)
async def test_any_name_is_greeted_as_it_is(stage: Stage, name: str) -> None:
    ana = stage.botapi.user(name)
    ana.says("/start")
    greeted = clean_text(name)
    assert (await ana.hears()).text.startswith(
        f"Hello {greeted}," if greeted else "Hello, this is Lantern Tea."
    )


async def test_a_thing_without_words_is_answered(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.sends(dice={"emoji": "🎲", "value": 4})
    await ana.hears("in a few words what it is about")
    await stage.still_answers(ana)


async def test_a_thing_that_nobody_knows_yet_is_answered(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.sends(hologram={"file_id": "H-1", "depth": 3})
    await ana.hears("in a few words what it is about")
    await stage.still_answers(ana)


async def test_a_notice_of_the_app_itself_is_no_message(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.sends(message_auto_delete_timer_changed={"message_auto_delete_time": 86_400})
    await stage.still_answers(ana)
    assert len(stage.sent(ana)) == 1


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_tap_changes_nothing_and_is_answered(stage: Stage, data: str) -> None:
    ana = stage.botapi.user("Ana")
    tap = ana.taps_data(data, message={"message_id": 1, "date": 0, "chat": ana.chat.about})
    assert STALE in (await ana.hears()).text
    await stage.botapi.wait_for(lambda call: call.payload.get("callback_query_id") == tap)
    await stage.still_answers(ana)


async def test_a_tap_without_a_message_is_answered_too(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    tap = ana.taps_data("solved:1:yes", message=None)
    await stage.botapi.wait_for(lambda call: call.payload.get("callback_query_id") == tap)
    await stage.still_answers(ana)


async def test_nobody_taps_for_somebody_else(stage: Stage) -> None:
    ana, eve = stage.botapi.user("Ana"), stage.botapi.user("Eve")
    ana.says(f"/complaint {MARKUP}\n{RIGHT_TO_LEFT}\n{ZALGO}\n{EMOJI}")
    number = complaint_id(reference_in((await ana.hears("C-")).text))
    (feedback,) = stage.column(
        select(Feedback.id).where(Feedback.customer_id == stage.customer(ana).id).limit(1)
    )
    eve.says("Hello")
    await eve.hears()
    for data in (f"solved:{number}:yes", f"rate:c{number}:1", f"rate:f{feedback}:1"):
        eve.taps_data(data, message={"message_id": 1, "date": 0, "chat": eve.chat.about})
        assert STALE in (await eve.hears()).text
    assert stage.column(select(Complaint.state).where(Complaint.id == number)) == [ComplaintState.OPEN]
    assert not stage.rows(
        select(SatisfactionEntry).where(SatisfactionEntry.customer_id == stage.customer(eve).id)
    )


async def test_words_go_both_ways_as_they_were_written(stage: Stage) -> None:
    ana, mei = stage.botapi.user("<i>Ana</i>"), stage.botapi.user("Mei")
    await stage.joins(mei)
    words = f"{MARKUP}\n{RIGHT_TO_LEFT}\n{ZALGO}\n{EMOJI}"
    ana.says(f"/complaint {words}")
    reference = reference_in((await ana.hears("C-")).text)
    alert = await stage.staff.hears(reference)
    assert f"“{words}”" in alert.text
    assert "<i>Ana</i>" in alert.text
    mei.taps("Take it", group=stage.staff, message_id=alert.message_id)
    assert f"“{words}”" in (await stage.staff.sees_edit(reference)).text
    mei.says(words, group=stage.staff, reply_to=alert.message_id)
    assert (await ana.hears("Mei from Lantern Tea")).text == f"Mei from Lantern Tea: {words}"
    stage.check_markup()


async def test_an_update_that_comes_twice_has_one_effect(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("Your jasmine tea is wonderful, thank you!")
    again = stage.botapi.updates.latest
    await ana.hears("makes our day")
    await stage.all_handled()
    stage.botapi.updates.push_raw(again)
    await stage.still_answers(ana)
    given = [
        update["update_id"] for call in stage.calls("getUpdates") if call.taken for update in call.result
    ]
    assert given.count(again["update_id"]) == 2
    assert len(stage.sent(ana)) == 2
    assert len(stage.column(select(Message.id).where(Message.sender == str(ana.id)))) == 2


UNKNOWN_UPDATES = {
    "of a kind that we did not ask for": {"poll_answer": {"poll_id": "1", "option_ids": [0]}},
    "of a kind that nobody knows yet": {"telepathy": {"from": {"id": 1}, "thought": "tea"}},
    "of no kind": {},
}


@pytest.mark.parametrize("content", UNKNOWN_UPDATES.values(), ids=UNKNOWN_UPDATES.keys())
async def test_an_unknown_update_is_passed_over(stage: Stage, content: dict[str, object]) -> None:
    stage.botapi.updates.push(**content)
    await stage.still_answers(stage.botapi.user("Ana"))
    await stage.all_handled()


BROKEN_UPDATES = {
    "without its parts": {"message": {"strange": True}},
    "that is no object": {"message": "hello"},
    "with a date that is none": {"message": {"message_id": 1, "date": "soon", "chat": 5}},
    "with NUL and half a character": {"message": {"\x00": "\ud800"}},
}


@pytest.mark.parametrize("content", BROKEN_UPDATES.values(), ids=BROKEN_UPDATES.keys())
async def test_a_broken_update_is_set_aside_with_its_error(stage: Stage, content: dict[str, object]) -> None:
    number = stage.botapi.updates.push(**content)
    await stage.still_answers(stage.botapi.user("Ana"))
    await stage.all_handled()
    (kept,) = stage.column(select(InboxUpdate).where(InboxUpdate.update_id == str(number)))
    assert kept.error
    assert kept.payload["update_id"] == number
