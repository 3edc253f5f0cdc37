"""Each target is told to the customer as a time on their clock."""

from store.tables.complaints import CaseSeverity, Complaint
from tests.handlers.rooms import StaffRoom, answer
from tests.talk import texts

TEPID = "The tea was cold and the service was really bad"


def test_both_targets_are_told(room: StaffRoom) -> None:
    text = answer(room.talk.says(TEPID))

    assert "Mei will answer you here by Sat, 21 Nov, 16:00 (London time)." in text
    assert text.endswith("It is to be settled by Tue, 24 Nov, 12:00 (London time).")


def test_who_opens_a_case_again_is_told_both(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.talk.taps("solved:1:yes")
    text = answer(room.talk.taps("solved:1:no"))

    assert "Mei will answer you here by Sat, 21 Nov, 16:00 (London time)" in text
    assert text.endswith("It is to be settled by Tue, 24 Nov, 12:00 (London time).")


def test_words_that_make_it_more_severe_bring_sooner_times(room: StaffRoom) -> None:
    room.talk.says(TEPID)
    room.talk.passes(hours=1)

    text, *shown = texts(room.talk.says("And the kettle caught fire and burnt my hand"))

    assert text.endswith("Mei will answer by Sat, 21 Nov, 14:00 (London time).")
    assert shown[0].startswith("🚨 Urgent: danger to somebody")
    with room.talk.database.reading() as session:
        case = session.get_one(Complaint, 1)
    assert (case.severity, case.reasons) == (CaseSeverity.CRITICAL, ["safety"])


def test_the_reasons_stand_in_the_alert(room: StaffRoom) -> None:
    room.talk.says("This is the third time I write, the tea was cold, and you hear from my lawyer")

    lines = room.alert("alert:1").body["text"].splitlines()

    assert any(line.startswith("Severity: high (legal threat") for line in lines)
