"""Renders a chat template in a bounded process: a template is code of the checkpoint's maker.

    {"template": "…", "variables": null}          ──▶
       ◀──  {"variables": [names that it reads], "words": [texts in it]}
    {"template": "…", "variables": {"messages": […], "enable_thinking": false, …}}   ──▶
       ◀──  {"text": "…"}, {"error": "…"} or {"too_long": characters}

Jinja's sandbox keeps a template from Python's internals, but not from looping for ever or from
making a huge text inside one operator. So this runs in a `BoundedProcess`, and imports nothing of
the package.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, NoReturn

from jinja2 import Template, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

CHARACTERS = 1 << 24
"""The most that one rendering may give: four million tokens or so."""


class _Generation(Extension):
    """`{% generation %}…{% endgeneration %}` marks what an assistant said: here it is that text."""

    tags = {"generation"}  # noqa: RUF012 - jinja2 declares it so

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body).set_lineno(line)


class _Namespace(Namespace):
    """A namespace whose names are the template's own, never Python's."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        for name in dict(*args[1:], **kwargs):
            _own(name)
        Namespace.__init__(*args, **kwargs)

    def __setitem__(self, name: str, value: Any) -> None:
        _own(name)
        super().__setitem__(name, value)


def _own(name: object) -> None:
    if str(name).startswith("_"):
        raise SecurityError(f"a namespace has no attribute {name!r}")


def _raise_exception(message: object) -> NoReturn:
    raise TemplateError(str(message))


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | str | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _environment() -> ImmutableSandboxedEnvironment:
    """Return what transformers renders chat templates with.

    https://huggingface.co/docs/transformers/chat_templating_writing
    """
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)  # noqa: DTZ005
    environment.globals["namespace"] = _Namespace
    return environment


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Say what a template reads, or render it with variables."""
    try:
        if question["variables"] is not None:
            template = _compiled(question["template"])
            return _bounded(template.generate(question["variables"]))
        read = _read(_environment().parse(question["template"]))
        _compiled(question["template"])
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the template does
        refusal = str(error).strip().partition("\n")[0][:500] or type(error).__name__
        number = getattr(error, "lineno", None)
        return {"error": f"{refusal} (line {number})" if number else refusal}
    return read


@lru_cache(1)
def _compiled(source: str) -> Template:
    return _environment().from_string(source)


def _read(tree: nodes.Template) -> dict[str, Any]:
    """Return the names that a template reads, and the texts in its expressions."""
    consts = (node.value for node in tree.find_all(nodes.Const))
    words = {value for value in consts if isinstance(value, str)}
    return {"variables": sorted(find_undeclared_variables(tree)), "words": sorted(words)}


def _bounded(pieces: Iterator[str]) -> dict[str, Any]:
    kept, length = [], 0
    for piece in pieces:
        kept.append(piece)
        length += len(piece)
        if length > CHARACTERS:
            return {"too_long": CHARACTERS}
    return {"text": "".join(kept)}
