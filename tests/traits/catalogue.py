"""The lists of docs/traits.md, made from the registry and the tables of the tests.

`python -m tests.traits.catalogue` writes them between the marks of the page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import yaml

from pytest_qwen.traits.registry import Measure, Trait, measures, traits

PAGE = Path(__file__).parents[2] / "docs" / "traits.md"
LISTS = re.compile(r"(<!-- traits -->\n).*?(<!-- measures -->\n).*?(<!-- end -->\n)", re.DOTALL)
LONGEST = 60


def page() -> str:
    """Return the page with its lists anew; what stands around them is kept."""
    from tests.traits.tables import NUMBERS, TABLES

    ours = {name: trait for name, trait in traits().items() if not trait.measure}
    plain = _list(ours, lambda trait: trait.judge, _examples(TABLES))
    numbers = {name: [_bounded(row.args) for row in rows] for name, rows in NUMBERS.items()}
    counted = _list(measures(), lambda measure: measure.compute, numbers)
    text = PAGE.read_text(encoding="utf-8")
    return LISTS.sub(lambda m: f"{m[1]}{plain}{m[2]}{counted}{m[3]}", text)


def _examples(tables: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [row.args for row in rows if row.passed] for name, rows in tables.items()}


def _bounded(args: Any) -> dict[str, Any]:
    """Return a measure's arguments with a bound, as they stand in `expect`."""
    arguments = args if isinstance(args, dict) else {} if args is None else {"": args}
    return {**arguments, "at_least": 0.5}


def _list(
    known: Mapping[str, Trait] | Mapping[str, Measure],
    function: Callable[[Any], Any],
    examples: Mapping[str, list[Any]],
) -> str:
    families: dict[str, list[str]] = {}
    for name, item in sorted(known.items()):
        made = function(item)
        if not made.__module__.startswith("pytest_qwen."):
            continue
        summary = (made.__doc__ or "").strip().partition("\n")[0]
        of = "" if item.of == "answer" else f" (of the {item.of})"
        over = " (over all samples)" if getattr(item, "over", "") == "replies" else ""
        cells = [
            f"`{name}`",
            f"{summary}{of}{over}",
            _arguments(item),
            _example(name, item, examples),
        ]
        row = "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        title = (sys.modules[made.__module__].__doc__ or "").partition("\n")[0].rstrip(".")
        families.setdefault(title, []).append(row)
    head = "| name | what it says | arguments | example |\n| --- | --- | --- | --- |"
    blocks = (
        f"\n### {title}\n\n{head}\n" + "\n".join(rows) + "\n"
        for title, rows in sorted(families.items())
    )
    return "".join(blocks) + "\n"


def _arguments(check: Trait | Measure) -> str:
    return ", ".join(map(_argument, check.arguments.model_fields.items())) or "none"


def _argument(item: tuple[str, Any]) -> str:
    name, info = item
    choices = [
        c
        for t in (info.annotation, *get_args(info.annotation))
        if get_origin(t) is Literal
        for c in get_args(t)
    ]
    written = (
        f"`{name}`"
        if info.is_required() or info.default is None
        else f"`{name}: {_flow(info.default)}`"
    )
    return written + (f" ({', '.join(map(str, choices))})" if choices else "")


def _example(name: str, check: Trait | Measure, examples: Mapping[str, list[Any]]) -> str:
    """Return the first example that fits into a line, as it stands in a spec."""
    for args in examples.get(name, []):
        raw = args
        if isinstance(args, dict) and "" in args:  # a measure's first argument, without its name
            first = next(iter(check.arguments.model_fields))
            raw = {first: args[""], "at_least": args["at_least"]}
        text = name if raw is None else f"{name}: {_flow(raw)}"
        if len(text) <= LONGEST:
            return f"`{text}`"
    return ""


def _flow(value: Any) -> str:
    plain = str(value) if isinstance(value, str) else value
    text = yaml.safe_dump(
        plain, default_flow_style=True, allow_unicode=True, width=1000, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
