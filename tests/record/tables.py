"""The tables of docs/record.md, made from the models of the lines.

`python -m tests.record.tables` writes them between the marks of the page.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from pytest_qwen.record import parts, schema

PAGE = Path(__file__).parents[2] / "docs" / "record.md"
MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
WORDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "None": "null",
    "Any": "anything",
    "Version": "text, whole number or null",
}
"""What a reader of JSON calls a type."""


def page() -> str:
    """Return the page with its tables anew; what stands around them is kept."""
    models = {
        node.name: node
        for module in (parts, schema)
        for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    text = PAGE.read_text(encoding="utf-8")
    return MARKED.sub(lambda m: f"{m[1]}\n{_table(models, models[m[2]])}\n{m[3]}", text)


def _table(models: dict[str, ast.ClassDef], model: ast.ClassDef) -> str:
    return "\n".join(["| field | type | meaning |", "| --- | --- | --- |", *_rows(models, model)])


def _rows(models: dict[str, ast.ClassDef], model: ast.ClassDef) -> list[str]:
    """Return a row for each field that says what it means, those of the base before."""
    rows = []
    for base in model.bases:
        if isinstance(base, ast.Name) and base.id in models:
            rows += _rows(models, models[base.id])
    for field, meaning in zip(model.body, model.body[1:], strict=False):
        match field, meaning:
            case (
                ast.AnnAssign(target=ast.Name(id=name), annotation=annotation),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                cells = (f"`{name}`", _type(annotation), " ".join(text.split()))
                rows.append("| " + " | ".join(cells) + " |")
    return rows


def _type(annotation: ast.expr) -> str:
    """Return what a field holds; "or absent" where a line may lack it."""
    kinds, absent = [], False
    for kind in _union(annotation):
        if kind == "UnsetType":
            absent = True
        else:
            kinds.append(_word(kind))
    text = ", ".join(kinds[:-1]) + " or " + kinds[-1] if kinds[1:] else kinds[0]
    return f"{text}; may be absent" if absent else text


def _union(node: ast.expr) -> list[str]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [*_union(left), *_union(right)]
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *_])):
            return _union(inner)
    return [ast.unparse(node)]


def _word(kind: str) -> str:
    name, _, inside = kind.partition("[")
    if name in ("list", "tuple"):
        item = _word(inside.removesuffix("]").split(",")[0])
        return f"list of {item}s" if item in ("text", "number", "whole number") else "list"
    return "object" if name == "dict" or name not in WORDS else WORDS[name]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
