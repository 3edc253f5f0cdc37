"""The house stands: imports go down, rooms are small, names say something."""

import ast
from collections.abc import Callable, Iterable, Iterator
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


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """All files of ours; they are read where a test needs them, not wherever tests are collected."""
    return _modules()


@pytest.fixture
def product(modules: list[Module]) -> list[Module]:
    """Those of the program."""
    return [module for module in modules if module.floor in MAY_IMPORT]


def test_the_tree_is_read(modules: list[Module]) -> None:
    assert {module.floor for module in modules} == {*MAY_IMPORT, *ANYWHERE}


def _faults(modules: Iterable[Module], fault_of: Callable[[Module], str]) -> list[str]:
    """Say what is wrong with each module with which something is; nothing, if all is well."""
    return [f"{module.name} {fault}" for module in modules if (fault := fault_of(module))]


def test_imports_only_go_down(product: list[Module]) -> None:
    def fault_of(module: Module) -> str:
        floors = {name.split(".")[0] for name in module.imports()} & {*MAY_IMPORT, *ANYWHERE}
        upward = floors - MAY_IMPORT[module.floor] - {module.floor}
        return f"must not import {sorted(upward)}" if upward else ""

    assert _faults(product, fault_of) == []


def test_apps_stay_in_their_channel(product: list[Module]) -> None:
    def fault_of(module: Module) -> str:
        libraries = {name.split(".")[0] for name in module.imports()} & APP_LIBRARIES
        stays = not libraries or module.name.startswith("bot.channels.")
        return "" if stays else f"imports {libraries}"

    assert _faults(product, fault_of) == []


def test_no_import_cycles(product: list[Module]) -> None:
    names = {module.name for module in product}
    graph = {module.name: sorted(set(module.imports()) & names - {module.name}) for module in product}
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


def test_rooms_are_small(modules: list[Module]) -> None:
    def fault_of(module: Module) -> str:
        lines = module.text.count("\n")
        long = [
            f"{node.name} has {length} lines"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
        ]
        if lines > MODULE_LINES:
            long.append(f"has {lines} lines: split it by purpose")
        return ", ".join(long)

    # A migration is a generated list of tables, not logic: it is as long as they are.
    assert _faults((module for module in modules if "versions" not in module.path.parts), fault_of) == []


def test_names_say_something(modules: list[Module]) -> None:
    def fault_of(module: Module) -> str:
        vague = VAGUE_NAMES & set(module.name.split("."))
        return f"says nothing with {sorted(vague)}: name it after its one idea" if vague else ""

    assert _faults(modules, fault_of) == []


def test_modules_say_what_they_are(product: list[Module]) -> None:
    def fault_of(module: Module) -> str:
        return "" if ast.get_docstring(module.tree) else "needs a docstring that tells its one idea"

    assert _faults(product, fault_of) == []
