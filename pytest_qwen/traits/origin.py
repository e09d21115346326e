"""Which version of a function judged: a hash of the source that decides what it says."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

_DECIDE_NOTHING = {"pytest_qwen.traits.registry", "pytest_qwen.messages.names"}
"""Modules that every trait imports and that no verdict depends on."""


def source_version(function: Callable[..., Any]) -> str:
    """Hash the file that defines a function and those of its package that this file imports.

    12 hex digits, the same on every machine. A comment counts as a change: a false alarm costs a
    second look, a change that nobody sees a wrong verdict. Other distributions are left out, and
    what is imported inside functions; a function without a file is hashed by its name.
    """
    home = sys.modules.get(function.__module__)
    path = getattr(home, "__file__", None) or function.__code__.co_filename
    return _version(function.__module__, path)


@cache
def _version(module: str, path: str) -> str:
    digest = hashlib.sha256()
    seen, left = {module}, [(module, Path(path))]
    while left:
        name, file = left.pop()
        source = file.read_bytes().replace(b"\r\n", b"\n") if file.is_file() else b""
        digest.update(hashlib.sha256(source or name.encode()).digest())
        imported = set(_imports(source, name)) if file.suffix == ".py" else set()
        for other in sorted(imported - seen - _DECIDE_NOTHING):
            there = getattr(sys.modules.get(other), "__file__", None)
            if there:
                seen.add(other)
                left.append((other, Path(there)))
    return digest.hexdigest()[:12]


def _imports(source: bytes, module: str) -> Iterator[str]:
    """Yield the modules of the same package that a file imports at its top."""
    root = module.partition(".")[0]
    for node in ast.parse(source).body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if name.partition(".")[0] == root)
