"""Renders a chat template in a process of its own: a template is code of the checkpoint's maker.

    {"template": "…"}          ──▶
       ◀──  {"variables": [names that it reads], "words": [texts in it]}
    {"messages": […], "enable_thinking": false, …}   ──▶
       ◀──  {"text": "…"} or {"error": "…"}

Jinja's sandbox keeps a template from Python's internals, but not from looping for ever or from
making a huge text inside one operator. So the system bounds this process: CPU time by a timer that
kills it, memory by a limit that raises MemoryError, and it can write no file. It is run as a
script, imports nothing of the package, and ends with its standard input.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import Template, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

CPU_SECONDS = 2.0
"""For one rendering; a real one takes about a millisecond."""

MEMORY = 1 << 30
"""Bytes of address space, for all of the process."""

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


@contextmanager
def _limited() -> Iterator[None]:
    """Let the system kill this process when it works for too long."""
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _confine() -> None:
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(kind, (limit, limit))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted, and closes the pipe


def _serve() -> Iterator[dict[str, Any]]:
    """Answer the lines of standard input: the template first, then what it is rendered with."""
    environment = _environment()
    template: Template | None = None
    for line in sys.stdin:
        given = json.loads(line)
        try:
            with _limited():
                if template:
                    answer: dict[str, Any] = {"text": "".join(_bounded(template.generate(given)))}
                else:
                    answer = _looked_through(environment.parse(given["template"]))
                    template = environment.from_string(given["template"])
        except MemoryError:
            answer = {"error": f"it takes more than {MEMORY >> 20} MiB of memory"}
        except Exception as error:  # noqa: BLE001 - whatever the template does
            said = str(error).strip().partition("\n")[0][:500] or type(error).__name__
            number = getattr(error, "lineno", None)
            answer = {"error": f"{said} (line {number})" if number else said}
        yield answer


def _looked_through(tree: nodes.Template) -> dict[str, Any]:
    """Return the names that a template reads, and the texts in its expressions."""
    consts = (node.value for node in tree.find_all(nodes.Const))
    words = {value for value in consts if isinstance(value, str)}
    return {"variables": sorted(find_undeclared_variables(tree)), "words": sorted(words)}


def _bounded(pieces: Iterator[str]) -> Iterator[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > CHARACTERS:
            raise TemplateError(f"it gives more than {CHARACTERS:,} characters")
        yield piece


if __name__ == "__main__":
    _confine()
    for reply in _serve():
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()
