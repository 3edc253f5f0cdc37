"""A case with all that can happen to it, over real HTTP, once in English and once in Chinese.

Two agents, a lead, a promise that is broken, somebody who leaves in mid-case, a concession that needs
approval, an end with cause and remedy, the customer's yes, and a mark.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from customers.phrases import phrases
from store.tables.complaints import Complaint, ComplaintState
from store.tables.desk import Concession, ConcessionState, Promise, PromiseState
from store.tables.staff import Role
from tests.botapi.people import Shown, User
from tests.e2e.stage import Stage, complaint_id, playing, quiet_hours, reference_in
from tests.faults.bent import Bend

SOON = {"bot.beats.CLOCK_WATCHED_EVERY_S": 0.2}
DAY_S = 86_400.0


class Words(NamedTuple):
    """What people say in a language."""

    complaint: str
    promise: str
    answer: str
    concession: str
    reason: str
    mark: str


SPOKEN: Mapping[str, Words] = {
    "en": Words(
        "My parcel never arrived and nobody answers the phone. I am very disappointed.",
        "A new parcel arrives",
        "It is on its way now, I am so sorry.",
        "refund 150",
        "Two weeks late",
        "Tom was kind in the end",
    ),
    "zh": Words(
        "包裹一直没收到，客服电话也没人接，太让人失望了！",
        "新包裹会送到",
        "真对不起，现在已经发出了。",
        "refund 150",
        "迟到两周",
        "最后汤姆很好",
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_case_with_all_that_can_happen(language: str, tmp_path: Path) -> None:
    bend = Bend(tmp_path / "clock", SOON)
    async with playing(tmp_path, bend, LANGUAGE=language, **quiet_hours(now=False)) as stage:
        story = Story(stage, bend, language)
        await story.begins()
        await story.is_promised_something()
        await story.changes_hands()
        await story.is_let_down()
        await story.is_made_good()
        await story.ends()
        assert "Traceback" not in stage.program.log
        story.check_what_is_kept()


class Story:
    """One customer's case, and the people who handle it."""

    def __init__(self, stage: Stage, bend: Bend, language: str) -> None:
        self.stage, self.bend, self.staff = stage, bend, stage.staff
        self.say, self.words = phrases(language), SPOKEN[language]
        self.mei, self.tom, self.ling = (stage.botapi.user(name) for name in ("Mei", "Tom", "Ling"))
        self.ana = stage.botapi.user("Ana", language_code="zh-hans" if language == "zh" else "en")
        self.reference = ""
        self.alert: Shown | None = None

    @property
    def number(self) -> int:
        """The case's number in buttons."""
        return complaint_id(self.reference)

    async def begins(self) -> None:
        """Three join; the customer complains, and Mei takes the case."""
        for member, role in ((self.mei, Role.AGENT), (self.tom, Role.AGENT), (self.ling, Role.LEAD)):
            await self.joins(member, role)
        self.ana.says(self.words.complaint)
        self.reference = reference_in((await self.ana.hears("C-")).text)
        self.alert = await self.staff.hears(self.words.complaint)
        self.mei.taps(f"take:{self.number}", group=self.staff)
        await self.staff.sees_edit("Mei")

    async def joins(self, member: User, role: Role) -> None:
        """Somebody becomes staff by a one-time code."""
        code, output, errors = await self.stage.program.command(
            "staff", "add", str(member.about["first_name"]), "--role", role
        )
        assert code == 0, errors
        (line,) = [line for line in output.splitlines() if "/join" in line]
        member.says(line[line.index("/join") :])
        await member.hears("Lantern Tea")

    async def is_promised_something(self) -> None:
        """Mei promises something within two days."""
        self.mei.says(f"/promise {self.reference} 2d {self.words.promise}", group=self.staff)
        told = await self.ana.hears(self.words.promise)
        assert "Mei" in told.text
        assert self.reference in told.text

    async def changes_hands(self) -> None:
        """Mei leaves; Tom has all of it, and says so to the customer."""
        self.mei.says("/leave Tom", group=self.staff)
        asked = await self.staff.hears(
            self.say("Your access ends at once. Do you want to leave, {name}?", name="Mei")
        )
        self.mei.taps(asked.buttons[0][1], group=self.staff)
        await self.staff.hears(self.words.complaint)  # the brief
        introduced = await self.ana.hears("Tom")
        assert self.reference in introduced.text
        self.mei.says("/open", group=self.staff)
        await self.stage.all_handled()

    async def is_let_down(self) -> None:
        """Three days go by without a parcel: we own up to it, and staff hear of it."""
        self.bend.passes(3 * DAY_S)
        sorry = await self.ana.hears(self.words.promise)
        assert self.say("{company}'s team", company="Lantern Tea") in sorry.text or "Tom" in sorry.text
        broken = await self.staff.hears(self.words.promise)  # that the case is late may come first
        assert "🔴" in broken.text
        assert self.alert is not None
        self.tom.says(self.words.answer, group=self.staff, reply_to=self.alert.message_id)
        assert "Tom" in (await self.ana.hears(self.words.answer)).text

    async def is_made_good(self) -> None:
        """Tom may not give so much; Ling approves; the reason stays among staff."""
        self.tom.says(
            f"/concession {self.reference} {self.words.concession} {self.words.reason}", group=self.staff
        )
        card = await self.staff.hears("⏸")
        approve = next(data for _, data in card.buttons if data.startswith("approve"))
        self.tom.taps(approve, group=self.staff)
        await self.staff.hears("Ling")
        self.ling.taps(approve, group=self.staff)
        given = await self.ana.hears("150")
        assert self.words.reason not in given.text
        self.ling.taps(approve, group=self.staff)
        await self.staff.hears(self.say("{name} approved it already; nothing has changed.", name="Ling"))

    async def ends(self) -> None:
        """Tom says cause and remedy; the customer says yes, gives a mark and a line."""
        self.tom.taps(f"resolve:{self.number}", group=self.staff)
        causes = await self.staff.hears(self.say("What did {reference} come from?", reference=self.reference))
        self.tom.taps(causes.buttons[0][1], group=self.staff)
        asked = self.say("{reference} · {cause}. What was done about it?", reference="", cause="|")
        remedies = await self.staff.reads(asked.partition("|")[2])
        self.tom.taps(remedies.buttons[0][1], group=self.staff)
        solved = await self.ana.hears(self.reference)
        self.ana.taps(next(data for _, data in solved.buttons if data.endswith(":yes")))
        await self.ana.hears(
            self.say(
                "Good to hear! {reference} is closed. How well did we handle it?", reference=self.reference
            )
        )
        self.ana.taps(f"rate:c{self.number}:5")
        await self.ana.hears("★★★★★")
        self.ana.says(self.words.mark)
        await self.staff.hears(self.words.mark)

    def check_what_is_kept(self) -> None:
        """All of it stands in the tables, and nothing of staff's own in what the customer read."""
        case = self.stage.column(select(Complaint))[0]
        assert (case.state, case.csat, bool(case.cause), bool(case.remedy)) == (
            ComplaintState.CONFIRMED,
            5,
            True,
            True,
        )
        assert self.stage.column(select(Promise.state)) == [PromiseState.BROKEN]
        assert self.stage.column(select(Concession.state)) == [ConcessionState.GIVEN]
        assert not [shown for shown in self.stage.sent(self.ana) if self.words.reason in shown.text]
