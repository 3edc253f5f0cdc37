"""Whatever can be defined is the same after it was written out as a file and read back."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.definition_files import read_file
from bot.definition_text import KINDS, export
from scheduler.definitions.kept import write_definition
from scheduler.definitions.kinds import Defined, read_definition
from store.engine import Database
from store.tables.definitions import Definition, DefinitionKind
from tests.factories import NOW

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}|"), min_size=1, max_size=20
)
said = words.map(str.strip).filter(bool)
by_language = st.dictionaries(
    st.sampled_from(["en", "zh", "de"]), said | said.map('{0}\n"""{0}'.format), min_size=1
)
templates = st.fixed_dictionaries(
    {"messages": st.dictionaries(st.sampled_from("ABCD"), by_language, min_size=1)},
    optional={
        "buttons": st.lists(st.fixed_dictionaries({"label": st.just({"en": "Ja"}), "thanks": by_language}))
    },
)
names = words.map(lambda text: " ".join(text.split())).filter(bool)


keys = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)
part, whole = st.floats(0, 0.5), st.integers(1, 10)
segments = st.sampled_from(["all", "key and not at risk", 'tag = "green tea"', "index < 60 or zh"])
questions = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["stars", "nps", "text"])}, optional={"text": by_language}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("expectation")}, optional={"text": by_language, "then": by_language}
    ),
)
programmes = st.fixed_dictionaries(
    {"period_days": st.floats(21, 3650)},
    optional={
        "segment": segments,
        "trigger": st.sampled_from(["silence", "purchase", "resolved"]),
        "window": st.fixed_dictionaries(
            {"weekdays": st.just(["mon", "sun"]), "from_hour": whole, "days": whole}
        ),
        "questions": st.lists(questions, min_size=1, max_size=3),
        "openings": st.dictionaries(st.sampled_from("ABCD"), by_language, min_size=1),
        "retry": by_language,
        "retry_after_days": st.sampled_from([False]) | st.floats(1, 10),
        "task": st.booleans(),
        "late_days": st.floats(1, 90),
        "holdout": part,
        "most_a_day": whole,
        "active": st.booleans(),
    },
)
festivals = st.fixed_dictionaries(
    {"every_year": st.sampled_from(["02-29", "09-01"])},
    optional={
        "countries": st.just(["GB", "CN"]),
        "segment": segments,
        "lead_days": whole,
        "hour": whole,
        "title": st.dictionaries(st.sampled_from(["en", "zh"]), said, min_size=1),
        "messages": st.dictionaries(st.sampled_from("ABCD"), by_language, min_size=1),
        "holdout": part,
        "active": st.booleans(),
    },
)
definitions = st.one_of(
    st.tuples(st.just(DefinitionKind.TEMPLATE), names, templates),
    st.tuples(st.just(DefinitionKind.SEGMENT), names, st.fixed_dictionaries({"filter": segments})),
    st.tuples(st.just(DefinitionKind.PROGRAMME), keys, programmes),
    st.tuples(st.just(DefinitionKind.FESTIVAL), keys, festivals),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(definitions, max_size=4, unique_by=lambda one: one[:2]))
def test_whatever_can_be_defined_comes_back(
    database: Database, tmp_path: Path, drawn: list[tuple[DefinitionKind, str, dict[str, Any]]]
) -> None:
    read = [read_definition(*one) for one in drawn]
    good = {(one.kind, one.name): one for one in read if isinstance(one, Defined)}
    with database.transaction() as session:
        session.execute(delete(Definition))
        for one in good.values():
            write_definition(session, one.kind, one.name, one.body, active=one.active, staff_id=None, now=NOW)
    path = tmp_path / "outreach.toml"
    with database.reading() as session:
        path.write_text(export(session, KINDS), encoding="utf-8")
    file = read_file(path)
    assert {(one.kind, one.name): one for one in file.given} == good
