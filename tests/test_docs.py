"""What the documentation says is what the program has."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.desk_file import _File as DeskFile
from customers.phrases import phrases
from handlers.menu import customer_menu, staff_menu
from tests.handlers.sentences import sentences

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_into_the_desks_pages_lead_to_a_heading(page: Path) -> None:
    for name, heading in re.findall(r"\]\(((?:docs/)?desk[\w-]*\.md)?#([^)]+)\)", TEXTS[page.name]):
        text = TEXTS[Path(name).name] if name else TEXTS[page.name]
        headings = {_anchor(line) for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        assert heading in headings, f"{page.name} links to {name}#{heading}, and there is no such heading"


def _anchor(heading: str) -> str:
    """Name a heading as links do."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def test_every_page_is_found_from_the_readme() -> None:
    for page in PAGES[1:]:
        linked = any(f"{page.name})" in text for name, text in TEXTS.items() if name != page.name)
        assert linked, f"nothing leads to docs/{page.name}"


def test_every_chat_command_is_documented() -> None:
    say = phrases("en")
    for name, _ in (*customer_menu(say), *staff_menu(say)):
        assert f"`/{name}" in TEXTS["using.md"], f"docs/using.md does not explain /{name}"


def test_every_program_command_is_documented() -> None:
    group = get_command(app)
    names = []
    for name, command in group.commands.items():  # type: ignore[attr-defined] # a group has them
        names += [f"{name} {inner}" for inner in getattr(command, "commands", ())] or [name]
    for name in names:
        assert f"rapport {name}" in TEXTS["running.md"], f"docs/running.md does not explain `rapport {name}`"


def test_commands_in_the_docs_exist() -> None:
    group = get_command(app)
    known = set(group.commands)  # type: ignore[attr-defined] # a group has them
    for name, text in TEXTS.items():
        for used in re.findall(r"(?:bin/|`)rapport ([a-z-]+)", text):
            assert used in known, f"{name} speaks of `rapport {used}`, which does not exist"


def test_make_targets_in_the_docs_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name, text in TEXTS.items():
        for used in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE):
            assert used in targets, f"{name} speaks of `make {used}`, which does not exist"


def test_every_key_of_the_desk_file_is_explained() -> None:
    for key in DeskFile.model_fields:
        assert re.search(rf"^\| [^|]*`(\[\[)?{key}[`.\]]", TEXTS["desk-file.md"], re.MULTILINE), key


def test_the_page_for_staff_is_one_page_with_pictures() -> None:
    assert TEXTS["desk.md"].count("\n") <= 120
    assert TEXTS["desk.md"].count("![") >= 3


def test_buttons_that_the_page_for_staff_names_are_there() -> None:
    named = {
        part
        for words in re.findall(r"(?<!\*)\*([A-Z][^*\n]+)\*(?!\*)", TEXTS["desk.md"])
        for part in words.split(" → ")
    }
    said = {one.one for one in sentences()}
    assert len(named) > 10
    assert named <= said, named - said
