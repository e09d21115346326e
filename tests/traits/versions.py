"""The versions of the built-in traits and measures, and the code that each had when it got its version.

`python -m tests.traits.versions` writes them to versions.json.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pytest_qwen.traits.registry import traits

LOCK = Path(__file__).parent / "versions.json"
UPDATE = "python -m tests.traits.versions"
JUDGED_BY_ALL = (
    "pytest_qwen.model_io.reply",
    "pytest_qwen.model_io.thinking",
    "pytest_qwen.spec.expectation",
    "pytest_qwen.traits.bounded",
    "pytest_qwen.traits.trait",
    "pytest_qwen.traits.verdict",
)
"""Modules on which the verdicts of every trait depend; they have one entry together."""

SHARED = "what all traits share"
"""The name of that entry; it has no version, because records name versions of traits."""

OF_ALL_OR_NONE = (
    "messages",
    "model_io.reply",
    "model_io.thinking",
    "model_io.vocabulary",
    "traits.registry",
    "traits.trait",
    "traits.arguments",
    "traits.verdict",
)
"""Modules that a trait's own hash leaves out: `SHARED` has them, or no verdict depends on them."""

Versions = Mapping[str, Mapping[str, Any]]


def current() -> dict[str, dict[str, Any]]:
    """Return version and hash of the code of every built-in trait and measure, by name.

    Besides them, under `SHARED`, the hash of what all of them are judged by.
    """
    for module in JUDGED_BY_ALL:
        importlib.import_module(module)
    own = {
        name: {"version": trait.version, "code": code_hash(function)}
        for name, trait in sorted(traits().items())
        if (function := trait.measure.compute if trait.measure else trait.judge)
        and function.__module__.startswith("pytest_qwen.")
    }
    return {**own, SHARED: {"code": _hash_of(JUDGED_BY_ALL)}}


def problems(locked: Versions, now: Versions) -> Iterator[str]:
    """Yield what does not fit together in two sets of versions, and what to do, a line a trait."""
    known = traits()
    for name in sorted(locked.keys() | now.keys()):
        before, after = locked.get(name), now.get(name)
        if before == after:
            continue
        if name == SHARED:
            yield (
                f"{name}: the code of {', '.join(JUDGED_BY_ALL)} changed: raise the version of every "
                f"trait whose verdicts can change by it, and run `{UPDATE}`; "
                "where none can, the command alone is enough"
            )
        elif before and after and before["version"] == after["version"]:
            decorator = "measure" if known[name].measure else "trait"
            yield (
                f"{name}: its code changed and its version did not: raise it, "
                f"`@{decorator}(version={after['version'] + 1})`, and run `{UPDATE}`; "
                "where no verdict can change, the command alone is enough"
            )
        elif before and after and before["version"] > after["version"]:
            yield f"{name}: version {after['version']} is below {before['version']}: raise it"
        else:
            yield f"{name}: version and code are not those of {LOCK.name}: run `{UPDATE}`"


def code_hash(function: Callable[..., Any]) -> str:
    """Hash the module of a function and the modules of its package that it depends on.

    Comments, docstrings and layout do not count, nor does the version itself.
    """
    seen: set[str] = set()
    todo = [function.__module__]
    while todo:
        if (module := todo.pop()) not in seen:
            seen.add(module)
            todo += _normalised(module)[1]
    return _hash_of(seen)


def _hash_of(modules: Iterable[str]) -> str:
    codes = "".join(_normalised(module)[0] for module in sorted(modules))
    return hashlib.sha256(codes.encode()).hexdigest()[:12]


@cache
def _normalised(module: str) -> tuple[str, tuple[str, ...]]:
    """Return a module's code without what decides nothing, and the modules that it imports."""
    tree = ast.parse(Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Module(body=[ast.Expr(ast.Constant(str())), *rest]):
                node.body = rest
            case (
                ast.FunctionDef(body=[ast.Expr(ast.Constant(str())), *rest])
                | ast.ClassDef(body=[ast.Expr(ast.Constant(str())), *rest])
            ):
                node.body = rest or [ast.Pass()]
            case ast.Call(func=ast.Name("trait" | "measure")):
                node.keywords = [k for k in node.keywords if k.arg != "version"]
    root = module.partition(".")[0]
    return _dumped(tree), tuple(sorted(_imported(tree, root)))


def _dumped(node: object) -> str:
    """Write a tree as `ast.dump` does, in the same way on every release of Python."""
    if isinstance(node, ast.AST):
        fields = ((n, _dumped(v)) for n, v in ast.iter_fields(node) if v not in (None, []))
        return f"{type(node).__name__}({', '.join(f'{n}={v}' for n, v in fields)})"
    return f"[{', '.join(map(_dumped, node))}]" if isinstance(node, list) else repr(node)


def _imported(tree: ast.AST, root: str) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    own = (name for name in names if name.startswith(f"{root}.") and name in sys.modules)
    return {n for n in own if not n.removeprefix(f"{root}.").startswith(OF_ALL_OR_NONE)}


if __name__ == "__main__":
    LOCK.write_text(json.dumps(current(), indent=1) + "\n", encoding="utf-8")
