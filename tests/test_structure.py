"""The house stands: imports go down, rooms are small, names say something."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT: dict[str, set[str]] = {
    "store": set(),
    "customers": {"store"},
    "feedback": {"customers", "store"},
    "scheduler": {"customers", "store"},
    "handlers": {"feedback", "scheduler", "customers", "store"},
    "bot": {"handlers", "feedback", "scheduler", "customers", "store"},
}
ANYWHERE = ("tests", "benchmarks")
APP_LIBRARIES = {"telegram"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
FUNCTION_LINES = 50
MODULE_LINES = 400


@dataclass(frozen=True)
class Module:
    """A parsed file of ours."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The dotted name under which it is imported."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def floor(self) -> str:
        """The top-level package it belongs to."""
        return self.name.split(".")[0]

    def imports(self) -> Iterator[str]:
        """Every module it imports, anywhere in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}:{node.lineno} imports relatively"
                assert node.module is not None
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, text, ast.parse(text, filename=str(path)))


def _modules() -> list[Module]:
    paths = (path for top in (*MAY_IMPORT, *ANYWHERE) for path in sorted((ROOT / top).rglob("*.py")))
    return [_read(path) for path in paths]


MODULES = _modules()
PRODUCT = [module for module in MODULES if module.floor in MAY_IMPORT]


def test_the_tree_is_read() -> None:
    assert {module.floor for module in MODULES} == {*MAY_IMPORT, *ANYWHERE}


@pytest.mark.parametrize("module", PRODUCT, ids=lambda module: module.name)
def test_imports_only_go_down(module: Module) -> None:
    floors = {name.split(".")[0] for name in module.imports()} & {*MAY_IMPORT, *ANYWHERE}
    upward = floors - MAY_IMPORT[module.floor] - {module.floor}
    assert not upward, f"{module.name} must not import {sorted(upward)}"


@pytest.mark.parametrize("module", PRODUCT, ids=lambda module: module.name)
def test_apps_stay_in_their_channel(module: Module) -> None:
    libraries = {name.split(".")[0] for name in module.imports()} & APP_LIBRARIES
    assert not libraries or module.name.startswith("bot.channels."), f"{module.name} imports {libraries}"


def test_no_import_cycles() -> None:
    names = {module.name for module in PRODUCT}
    graph = {module.name: sorted(set(module.imports()) & names - {module.name}) for module in PRODUCT}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"import cycle: {' → '.join((*path[path.index(name) :], name))}"
        if name in done:
            return
        for imported in graph[name]:
            visit(imported, (*path, name))
        done.add(name)

    for name in graph:
        visit(name, ())


# A migration is a generated list of tables, not logic: it is as long as they are.
@pytest.mark.parametrize(
    "module",
    [module for module in MODULES if "versions" not in module.path.parts],
    ids=lambda module: module.name,
)
def test_rooms_are_small(module: Module) -> None:
    lines = module.text.count("\n")
    assert lines <= MODULE_LINES, f"{module.name} has {lines} lines: split it by purpose"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{module.name}.{node.name} has {length} lines"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_names_say_something(module: Module) -> None:
    vague = VAGUE_NAMES & set(module.name.split("."))
    assert not vague, f"{module.name}: {sorted(vague)} says nothing; name it after its one idea"


@pytest.mark.parametrize("module", PRODUCT, ids=lambda module: module.name)
def test_modules_say_what_they_are(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.name} needs a docstring that tells its one idea"
