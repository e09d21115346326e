"""YAML text as plain data in which every node keeps its line.

Specs and family files are untrusted and hold no code, so this reads a strict subset: no tags, no
aliases, no duplicate keys, bounded size and depth. Only `true`, `false`, `null` and plain numbers
are more than text (the YAML 1.2 JSON schema): `no`, `on` and `12:30:45` stay what was typed, and so
does a number that would be written otherwise, such as `9.10` or `007`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from pytest_qwen.files.pydantic_messages import Loc
from pytest_qwen.messages.reason import Language, in_language

MAX_BYTES = 1_000_000
MAX_DEPTH = 32

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Problem(NamedTuple):
    """One thing that is wrong in a file: where, and what it is and what to write instead.

    Line 0 is no line. `what` may be a `Reason`. `is_unknown_name`: no trait, no measure has it.
    """

    path: str
    line: int
    what: str
    is_unknown_name: bool = False

    def __str__(self) -> str:
        return self.in_language("en")

    def in_language(self, language: Language) -> str:
        """Return the line that a person reads; in English where the problem has no code."""
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {in_language(self.what, language)}"


def refusal(expected: str, got: str, do: str = "") -> str:
    """Say what was expected, what there was and what to do.

    >>> refusal("a trait", "'start_with'", "did you mean 'starts_with'?")
    "expected a trait, got 'start_with': did you mean 'starts_with'?"
    """
    return f"expected {expected}, got {got}" + (f": {do}" if do else "")


class SpecError(Exception):
    """A file that cannot be used. Its text has a line `path:line: …` for each problem."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.path, problem.line))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Document:
    """One YAML document: its data, and the line of every node by its path in the data."""

    path: str
    data: Any
    lines: dict[Loc, int]

    def line(self, loc: Loc) -> int:
        """Return the line of the node at `loc`, or of the nearest node around it."""
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]

    def problem(self, loc: Loc, expected: str, got: str, do: str = "") -> Problem:
        """Return a problem at the line of `loc`."""
        return self.wrong(loc, refusal(expected, got, do))

    def wrong(self, loc: Loc, what: str) -> Problem:
        """Return a problem at the line of `loc`, in words of its own."""
        return Problem(self.path, self.line(loc), what)


def read(path: Path, shown: str = "") -> list[Document]:
    """Read the YAML documents of a file; `shown` is the path to use in messages.

    Raises:
        SpecError: the file is not UTF-8, not YAML, or outside the subset.
    """
    shown = shown or str(path)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        what = refusal(f"at most {MAX_BYTES:,} bytes", "more", "split the file")
        raise SpecError(Problem(shown, 1, what))
    try:
        return parse(data.decode("utf-8-sig"), shown)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpecError(Problem(shown, line, refusal("UTF-8 text", error.reason))) from None


def parse(text: str, path: str) -> list[Document]:
    """Parse YAML documents; see `read`."""
    try:
        documents = _Builder(path).documents(yaml.parse(text, Loader=_LOADER))
        return [document for document in documents if document.data is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SpecError(_misread(text, path, line, str(error.problem))) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = refusal("printable text", f"the character {error.character!r}")
        raise SpecError(Problem(path, line, what)) from None


_WIDE_COLON = re.compile(r"^ *(?:- +)?[a-z_]+ *：", re.MULTILINE)


def _misread(text: str, path: str, line: int, complaint: str) -> Problem:
    """Return what is wrong with YAML that the parser does not understand, in a writer's words."""
    lines = text.splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    if wide := _WIDE_COLON.search(text):
        line = text.count("\n", 0, wide.start()) + 1
        what = refusal("a key with ': '", "a full-width '：'", "write ':' and a space")
        return Problem(path, line, what)
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return Problem(path, line, refusal("spaces", "a tab", "indent with spaces"))
    colons = complaint.startswith("mapping values are not allowed")  # libyaml has no code for it
    do = "quote a text that has ': '" if colons else ""
    return Problem(path, line, refusal("YAML", f"a syntax error ({complaint})", do))


class _Builder:
    """Builds data from the parser's events with its own stack: depth cannot exhaust Python's."""

    def __init__(self, path: str) -> None:
        self.path = path

    def documents(self, events: Iterator[Any]) -> Iterator[Document]:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                lines: dict[Loc, int] = {}
                yield Document(self.path, self._node(events, lines), lines)

    def _refuse(self, event: Any, expected: str, got: str, do: str = "") -> SpecError:
        what = refusal(expected, got, do)
        return SpecError(Problem(self.path, event.start_mark.line + 1, what))

    def _node(self, events: Iterator[Any], lines: dict[Loc, int]) -> Any:
        loc: Loc
        root: list[Any] = []
        stack: list[tuple[Any, Loc]] = [(root, ())]  # open containers and their places
        keys: list[str | None] = [None]  # the key that waits for its value, one a container
        for event in events:
            container, place = stack[-1]
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
                keys.pop()
            else:
                self._allow(event, len(stack))
                value = self._value(event)
                key = keys[-1]
                if isinstance(container, list):
                    loc = (*place, len(container)) if container is not root else ()
                    container.append(value)
                elif key is None:
                    keys[-1] = key = self._key(event, container)
                    lines[*place, key] = event.start_mark.line + 1
                    continue
                else:
                    loc = (*place, key)
                    container[key], keys[-1] = value, None
                lines.setdefault(loc, event.start_mark.line + 1)
                if isinstance(value, dict | list):
                    stack.append((value, loc))
                    keys.append(None)
            if len(stack) == 1:
                return root[0]
        raise AssertionError("the parser ends every node")

    def _allow(self, event: Any, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self._refuse(event, "no anchors or aliases", "one", "write the value out")
        if event.tag and not (isinstance(event, yaml.ScalarEvent) and event.tag == "!"):
            raise self._refuse(event, "no tags", event.tag, "remove it")
        if depth > MAX_DEPTH:
            raise self._refuse(event, f"at most {MAX_DEPTH} levels", "more")

    def _key(self, event: Any, container: dict[str, Any]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refuse(event, "text as a key", "a list or a mapping")
        if event.value in container:
            raise self._refuse(event, "every key once", f"{event.value!r} again", "remove one")
        return str(event.value)

    def _value(self, event: Any) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        return _scalar(event.value) if event.implicit[0] else event.value


def _scalar(text: str) -> Any:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    for pattern, number in ((_INT, int), (_FLOAT, float)):
        if pattern.fullmatch(text) and str(number(text)) == text:
            return number(text)
    return text
