"""Definitions as files: written, edited and taken over as a whole, with every fault named by its line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import delete, select

from bot.definition_commands import check_definitions, import_file
from bot.definition_files import holds_definitions
from bot.definition_text import EXAMPLES, EXPLAINED, KINDS, export
from bot.toml_faults import PATTERNS
from scheduler.definitions.festival import FestivalPlan
from scheduler.definitions.kept import write_definition
from scheduler.definitions.kinds import fields_of
from scheduler.definitions.programme import Programme
from scheduler.definitions.template import Template
from scheduler.festivals.plans import find_usable
from store.engine import Database
from store.errors import InputError
from store.tables.definitions import Definition, DefinitionKind
from store.tables.outreach import CampaignState
from tests.factories import COMPANY, NOW
from tests.scheduler.campaigns.test_queueing import draft
from tests.scheduler.events.ground import make_event

LATER = datetime(2999, 1, 1, tzinfo=UTC)

WHOLE = """\
[segments.unhappy-key]
filter = "standing = key and index < 60"

[segments."老 客户"]
filter = 'language = zh'

[programmes.key-customers]
segment = "unhappy-key"
period_days = 30
priority = 80
active = false

[programmes.key-customers.window]
weekdays = ["mon", "fri"]
from_hour = 10
until_hour = 18

[[programmes.key-customers.questions]]
kind = "stars"

[[programmes.key-customers.questions]]
kind = "text"
text = { zh = "我们哪里可以做得更好？", en = "What could we do better?" }

[festivals.our-birthday]
every_year = "09-01"
title = { en = "Our birthday", zh = "我们的生日" }
messages.A = { en = "A year older!", zh = "又长了一岁！" }

[templates.spring.messages.A]
en = \"\"\"
Dear {first_name|friend},
the new oolong is "here". 🍵\"\"\"

[[templates.spring.buttons]]
label = { en = "Keep me one" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "outreach.toml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def take(database: Database, path: Path, **options: Any) -> list[str]:
    values: dict[str, Any] = {"confirm": lambda _: True} | options
    return list(import_file(database, path, company=COMPANY, **values))


def written(database: Database) -> str:
    with database.reading() as session:
        return export(session, KINDS)


def kept(database: Database) -> dict[tuple[str, str], tuple[dict[str, Any], bool]]:
    with database.reading() as session:
        return {(one.kind, one.name): (one.body, one.active) for one in session.scalars(select(Definition))}


def test_what_is_written_out_and_taken_back_is_the_same(any_database: Database, file: Path) -> None:
    assert "programme key-customers: added" in take(any_database, file)
    before, text = kept(any_database), written(any_database)
    assert before["programme", "key-customers"][1] is False
    assert before["template", "spring"][0]["messages"]["A"]["en"].endswith('"here". 🍵')
    assert '[segments."老 客户"]' in text
    file.write_text(text, encoding="utf-8")
    assert take(any_database, file, prune=True) == ["Unchanged: 5 of 5."]
    with any_database.transaction() as session:
        session.execute(delete(Definition))
    take(any_database, file)
    assert (kept(any_database), written(any_database)) == (before, text)


def test_it_says_what_would_change_and_changes_only_then(database: Database, file: Path) -> None:
    would = take(database, file, dry_run=True)
    assert would[0] == "segment unhappy-key: would be added"
    assert len(would) == 5
    assert not kept(database)
    take(database, file)
    file.write_text(WHOLE.replace("period_days = 30", "period_days = 40\ntask = false"), encoding="utf-8")
    assert take(database, file) == [
        "programme key-customers: changed (period_days, task)",
        "Unchanged: 4 of 5.",
    ]


def test_what_the_file_has_not_is_named_and_removed_only_after_a_yes(database: Database, file: Path) -> None:
    take(database, file)
    file.write_text("[festivals]\n[templates]\n", encoding="utf-8")
    kept_lines = take(database, file)
    assert kept_lines[0] == "festival our-birthday: not in the file, and kept; --prune removes it"
    asked: list[str] = []
    assert take(database, file, prune=True, confirm=asked.append) == ["Nothing was changed."]
    assert asked == ["Remove festival our-birthday, template spring for good?"]
    assert len(kept(database)) == 5
    take(database, file, prune=True)
    assert {kind for kind, _ in kept(database)} == {"segment", "programme"}


def test_a_segment_that_something_needs_is_not_removed(database: Database, file: Path) -> None:
    take(database, file)
    file.write_text('[segments.other]\nfilter = "all"\n', encoding="utf-8")
    with pytest.raises(
        InputError,
        match="the programme 'key-customers', which stays, could not be used any more: --prune would remove "
        "the segment 'unhappy-key', which it needs",
    ):
        take(database, file, prune=True)
    assert len(kept(database)) == 5


@pytest.mark.parametrize("user", ["campaign 'Spring sale'", "event 'Tea evening'"])
def test_a_segment_that_is_written_to_is_not_removed(user: str, database: Database, file: Path) -> None:
    take(database, file)
    file.write_text("[segments]\n[programmes]\n", encoding="utf-8")
    with database.transaction() as session:
        if user.startswith("campaign"):
            campaign = draft(session, text="Spring sale", audience="unhappy-key")
            campaign.state = CampaignState.SCHEDULED
        else:
            make_event(session, audience="unhappy-key", starts_at=LATER)
    with pytest.raises(InputError, match=f"the {user}, which stays, could not be used"):
        take(database, file, prune=True)
    assert ("segment", "unhappy-key") in kept(database)


FAULTS = [
    ("[programmes.x]\nperiod_days = 0\n", ["line 2, programmes.x.period_days: it must be 1 or more"]),
    ("[programmes.x]\n", ["line 1, programmes.x.period_days: it is missing"]),
    ("[programmes.X]\nperiod_days = 30\n", ["line 1, programmes.X: it must be a name of at most 40"]),
    ('[programmes.x]\nperiod_days=30\nsegment="no body"\n', ["line 3, programmes.x.segment:\n    no body\n"]),
    ('[segments.x]\nfilter = "standing = kye"\n', ["line 2, segments.x.filter:\n", "    ^^^"]),
    ('[segments.x]\nfilter = "standing ="\n', ["line 2, segments.x.filter:\n    standing =\n"]),
    ('[segments.VIP]\nfilter="all"\n[segments.vip]\nfilter="all"\n', ["line 3, segments.vip: it has the "]),
    ('[segments]\n"a\\nb" = { filter = "all" }\n', ["line 2, ", "a name has 1 to 60 characters"]),
    ("[programs.x]\nperiod_days = 30\n", ["line 1, programs: ", "did you mean [programmes.…]?"]),
    ("[key]\nperiod_days = 30\n", ["line 1, key: write [programmes.key] for a programme"]),
    ("[festivals.easter]\nlead_days = 99\n", ["line 2, festivals.easter.lead_days: it must be 60 or less"]),
    ("programmes = 3\n", ["line 1, programmes: write a heading"]),
    ("[programmes]\nx = 3\n", ["line 2, programmes.x: it must be a table: write [programmes.x], and"]),
    ('[segments]\nUnhappy = "index < 60"\n', ["write [segments.Unhappy]", 'such as filter = "index < 60"']),
    ('[segments]\n"Old ones" = 3\n', ['write [segments."Old ones"]', 'such as filter = "standing = key"']),
    ("[programmes.Key_Ones]\nperiod_days = 30\n", ["digits, - and _, such as key_ones"]),
    ('[festivals.x]\nfestival = "É"\n', ["digits, - and _, such as spring-tea"]),
    ('[segments.x]\nFilter = "all"\n', ["there is no such key (keys are in small letters: filter); see"]),
    ("[programmes.x]\nperiod_days = 30\nactive = 1\n", ["line 3, programmes.x.active: it must be true"]),
    ('[programmes.x]\nname = "y"\nperiod_days = 30\n', ["line 2, programmes.x.name: its name stands in its"]),
    ("[programmes.x]\nperiod_days = 30\npriorty = 3\n", ["line 3, programmes.x.priorty: there is no such"]),
    ("", ["the file: it defines nothing"]),
    *(
        (f'[segments."{name}"]\nfilter = "zh"\n', [f"line 1, segments.{name}: a segment's name has up to 40"])
        for name in ("all", "key", "ZH", "standing = key", "segment")
    ),
    ("[programmes.x\n", ["is not valid TOML", "line 1"]),
    ("[templates.x]\nmessages = {}\n", ["line 2, templates.x.messages: it is empty: write at least"]),
    ("[programmes.x]\nperiod_days=30\nwindow={ weekdays = [] }\n", ["weekdays: it is empty: name at least"]),
    ("[templates.x]\nmessages.A = {}\n", ["templates.x.messages.A: it is empty: write at least one entry"]),
    ('[festivals.easter]\nsegment = ""\n', ["line 2, festivals.easter.segment: it is empty: write some"]),
    ("[templates.x.messages]\nE = { en = 'a' }\n", ["line 2, templates.x.messages.E"]),
    (
        """[templates.x.messages.A]\nen = "a"\n[[templates.x.buttons]]\nlabel = {en = "a"}\n
[[templates.x.buttons]]\nlabel = {en = ""}\n""",
        ["line 7, templates.x.buttons.2.label.en: a button's label"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), FAULTS)
def test_every_fault_is_told_with_its_line_and_nothing_is_changed(
    database: Database, tmp_path: Path, text: str, told: list[str]
) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        take(database, path)
    for words in told:
        assert words in str(error.value)
    assert not kept(database)


def test_faults_of_segments_are_told_beside_all_others(any_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(
        """[segments.vip]
filter = "standing = kye and tag ="
[segments.friends]
filter = "vip and langage = zh"
note = "ours"
[programmes.first]
period_days = 0
segment = "vip and nobody there"
[programmes.second]
period_days = 30
segment = "vip"
[programmes.third]
period_days = 30
segment = "friend"
[templates]
x = 3
""",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        check_definitions(any_database, path, company=COMPANY)
    assert [
        line.split(":")[0].strip() for line in str(caught.value).splitlines() if line.startswith("  line ")
    ] == [
        "line 2, segments.vip.filter",
        "line 4, segments.friends.filter",
        "line 5, segments.friends.note",
        "line 7, programmes.first.period_days",
        "line 8, programmes.first.segment",
        "line 14, programmes.third.segment",
        "line 16, templates.x",
    ]
    assert not kept(any_database)


def test_a_fault_beside_them_lets_nothing_seem_to_be_removed(database: Database, file: Path) -> None:
    take(database, file)
    file.write_text(WHOLE.replace('"standing = key and index < 60"', '"key"\nnote = 1'), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        take(database, file, prune=True)
    assert str(caught.value).count("\n") == 1
    assert "segments.unhappy-key.note: there is no such key" in str(caught.value)
    assert len(kept(database)) == 5


def test_one_fault_among_many_changes_nothing(database: Database, file: Path) -> None:
    file.write_text(f"{WHOLE}\n[segments.bad]\nfilter = 'tag ='\n", encoding="utf-8")
    with pytest.raises(InputError):
        take(database, file)
    with pytest.raises(InputError):
        check_definitions(database, file, company=COMPANY)
    assert not kept(database)


def test_a_file_is_checked_without_changing_anything(database: Database, file: Path) -> None:
    told = check_definitions(database, file, company=COMPANY)
    assert told.endswith("can be used: segments: 2, programmes: 1, festivals: 1, templates: 1.")
    assert not kept(database)
    assert holds_definitions(file)
    file.write_text("most = 3\n", encoding="utf-8")
    assert not holds_definitions(file)


def test_without_definitions_the_file_explains_every_key_and_changes_nothing(
    database: Database, file: Path
) -> None:
    text = written(database)
    for kind in KINDS:
        for key in fields_of(kind):
            assert key in EXPLAINED[kind], f"{kind}: {key} is not explained"
    file.write_text(text, encoding="utf-8")
    assert take(database, file) == ["It defines nothing, so there is nothing to change."]
    examples = "\n".join(EXAMPLES[kind].replace("# ", "") for kind in KINDS)
    file.write_text(examples, encoding="utf-8")
    assert [line.rpartition(": ")[2] for line in take(database, file)] == ["added"] * 4


def test_what_is_kept_and_broken_is_named(database: Database) -> None:
    with database.transaction() as session:
        body = {"period_days": "often"}
        write_definition(session, DefinitionKind.PROGRAMME, "x", body, staff_id=None, now=NOW)
    with pytest.raises(InputError, match=r"the programme 'x' cannot be written out: x\.period_days"):
        written(database)


def test_of_two_plans_to_invite_the_file_is_told_which_counts(database: Database, tmp_path: Path) -> None:
    path, plan = tmp_path / "plans.toml", 'festival = "easter"\nwhat = "invitation"\n'
    path.write_text(
        f"[festivals.later]\n{plan}[festivals.earlier]\n{plan}"
        f"[festivals.elsewhere]\n{plan}countries = ['US']\n[festivals.again]\n{plan}active = false\n",
        encoding="utf-8",
    )
    told = "festival later: not used, for earlier invites to the same festival and comes first by name."
    assert check_definitions(database, path, company=COMPANY).splitlines()[1:] == [told]
    take(database, path)
    with database.reading() as session:
        plans = find_usable(session, company=COMPANY, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert {key: plan.name for key, plan in plans.invitations.items()} == {"easter": "earlier"}


@pytest.mark.parametrize("model", [Programme, FestivalPlan, Template])
def test_every_pattern_is_asked_for_in_words(model: type[BaseModel]) -> None:
    assert set(_patterns(model.model_json_schema())) <= set(PATTERNS)


def _patterns(schema: object) -> Iterator[str]:
    """Give the patterns of a JSON schema: of values, and of the keys of tables."""
    match schema:
        case dict():
            yield from ([schema["pattern"]] if isinstance(schema.get("pattern"), str) else [])
            yield from schema.get("patternProperties", {})
            for inside in schema.values():
                yield from _patterns(inside)
        case list():
            for inside in schema:
                yield from _patterns(inside)


def test_mistakes_are_told_in_plain_words(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "plans.toml"
    path.write_text(
        '[festivals.chrismas]\n[festivals.christmas.messages.A]\nklingon = "Qapla"\n', encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        take(database, path)
    assert "there is no festival 'chrismas'" in str(caught.value)
    assert "Did you mean christmas" in str(caught.value)
    assert "it must be the short name of a language, such as en or zh" in str(caught.value)
