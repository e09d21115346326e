"""XML in untrusted text, read by expat, in linear time and without entities of its own."""

from __future__ import annotations

import re
from xml.parsers import expat

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.verdict import Span

_START = re.compile(rb"<[A-Za-z_:\x80-\xff]")
_EFFORT = 20  # how many times a text may be read in vain for the XML in it
_ENTRY = 50  # bytes that beginning costs as much as
_CHUNK = 256  # bytes read at first, doubled each time


class _EntityError(ValueError):
    """A document declares an entity of its own; such can make a small text huge."""


class _Reader:
    """Reads one document, or the element that a text goes on after."""

    def __init__(self, paths: list[str]) -> None:
        self.missing = {tuple(path.split(".")): path for path in paths}
        self.depth = max(map(len, self.missing), default=0)
        self.place: list[str] = []
        self.is_closed = False
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = _refuse

    def start(self, name: str, _: object) -> None:
        self.place.append(name)
        if len(self.place) <= self.depth:
            self.missing.pop(tuple(self.place), None)

    def end(self, _: str) -> None:
        self.place.pop()
        self.is_closed = not self.place

    def read(self, data: memoryview) -> tuple[int, Reason | None]:
        """Read to the end, or to the first error; return how far, and why not further."""
        start, size = 0, _CHUNK
        try:
            while start < len(data):
                self.parser.Parse(data[start : start + size])
                start, size = start + size, size * 2
            self.parser.Parse(b"", True)
        except _EntityError as error:
            return 0, Reason("traits.xml_entity", name=str(error))
        except expat.ExpatError as error:
            return self.parser.ErrorByteIndex, self.why(error)
        return len(data), None

    def without(self) -> Reason | None:
        """Say which paths have no element."""
        paths = list(map(shorten, self.missing.values()))
        return Reason("traits.xml_without", paths=paths) if paths else None

    def why(self, error: expat.ExpatError) -> Reason:
        match error.code:
            case 2 | 4:
                return Reason("traits.xml_not_well_formed")
            case 3 if self.place:
                return Reason("traits.xml_not_closed", name=self.place[-1])
            case 3:
                return Reason("traits.xml_empty")
            case 7:
                return Reason("traits.xml_mismatched")
            case 8:
                return Reason("traits.xml_duplicate")
            case 9:
                return Reason("traits.xml_not_alone")
            case 11:
                return Reason("traits.xml_undefined")
        return Reason("traits.xml_error", error=expat.ErrorString(error.code))


def _refuse(name: str, *_: object) -> None:
    raise _EntityError(name)


def check_paths(elements: list[str] | None = None) -> None:
    """Refuse elements that stand nowhere."""
    if elements is not None and (not elements or not all(all(e.split(".")) for e in elements)):
        raise ValueError("elements by their paths, such as order.item")


def wrong_with(text: str, paths: list[str]) -> Reason | None:
    """Say why a text is no XML document with an element at each path, such as `order.item`."""
    reader = _Reader(paths)
    why = reader.read(memoryview(text.encode(errors="replace")))[1]
    if why is None:
        return reader.without()
    line, column = reader.parser.CurrentLineNumber, reader.parser.CurrentColumnNumber
    return Reason("traits.no_xml", why=why, line=line, column=column)


def find_element(text: str, paths: list[str]) -> tuple[Span, Reason | None] | None:
    """Find the first outermost element in a text that has an element at each path.

    Where there is none, the first element without them is returned, or else what only begins like
    an element, down to the error, with what is wrong. A text that begins XML again and again
    without ending it is given up.
    """
    data = text.encode(errors="replace")
    plain = _without_comments(data)
    at = spent = 0
    incomplete = broken = None
    while (begin := _START.search(plain, at)) and spent <= _EFFORT * len(data):
        start = begin.start()
        reader = _Reader(paths)
        n_read, why = reader.read(memoryview(data)[start:])
        end = start + n_read
        if not reader.is_closed:
            at, spent = start + 1, spent + n_read + _ENTRY
            broken = broken or (start, end, Reason("traits.broken_xml", why=why))
            continue
        end = data.rfind(b">", start, end) + 1
        if (wrong := reader.without()) is None:
            return _characters(data, start, end), None
        at, incomplete = end, incomplete or (start, end, wrong)
    if first := incomplete or broken:
        start, end, wrong = first
        return _characters(data, start, end), wrong
    return None


def _characters(data: bytes, start: int, end: int) -> Span:
    """Return where bytes stand in the text that they encode."""
    before = len(data[:start].decode())
    return before, before + len(data[start:end].decode(errors="ignore"))


def _without_comments(data: bytes) -> bytes:
    """Return the data with blanks for its comments."""
    pieces, at = [], 0
    while (start := data.find(b"<!--", at)) >= 0 and (end := data.find(b"-->", start + 4)) >= 0:
        pieces += [data[at:start], b" " * (end + 3 - start)]
        at = end + 3
    return b"".join([*pieces, data[at:]])
