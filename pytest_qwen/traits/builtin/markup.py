"""Texts that are XML or HTML, or have some in them."""

from __future__ import annotations

import re
from xml.parsers import expat

from pytest_qwen.messages.names import shorten
from pytest_qwen.traits.builtin._tags import NO_TAGS, Pair, Tag, blanked, outermost, tags
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict


def _names(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


# The elements of HTML (https://html.spec.whatwg.org/multipage/indices.html, 2026), those that
# have no end tag, and those whose end tag may be left out (sections 13.1.2 and 13.1.2.4).
_VOID = _names("area base br col embed hr img input link meta source track wbr")
_OPTIONAL = _names(
    "html head body li dt dd p rt rp optgroup option colgroup thead tbody tfoot tr td th"
)
_PAIRED = _names(
    "a abbr address article aside audio b bdi bdo blockquote button canvas caption cite code data "
    "datalist del details dfn dialog div dl em fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hgroup i iframe ins kbd label legend main map mark math menu meter nav noscript "
    "object ol output picture pre progress q ruby s samp script search section select slot small "
    "span strong style sub summary sup svg table template textarea time title u ul var video"
)
_KNOWN = _VOID | _OPTIONAL | _PAIRED
_RAW = ("script", "style", "textarea", "title", "svg", "math")  # with rules of their own inside
_DOCTYPE = re.compile(r"<!doctype\s+html\b[^<>]*>", re.IGNORECASE)
_NOTHING = re.compile(rf"(?:\s++|<!-- *-->|{_DOCTYPE.pattern})*+", re.IGNORECASE)
_IN_HTML: tuple[Pair, ...] = (
    NO_TAGS[0],
    *((re.compile(rf"(?i)<{name}\b[^<>]*>"), re.compile(rf"(?i)</{name}\b")) for name in _RAW),
)


def _are_paths(elements: list[str] | None = None) -> None:
    if elements is not None and (not elements or not all(all(e.split(".")) for e in elements)):
        raise ValueError("elements by their paths, such as order.item")


@trait(check=_are_paths)
def xml(part: Part, elements: list[str] | None = None) -> Verdict:
    """The whole text is one well-formed XML document (https://www.w3.org/TR/xml/).

    `elements` are paths from the root, such as `order.item`, each of which must be there. A
    document that declares entities of its own is refused: they can make a small text huge.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> xml(Part("<a><b/></a>", Reply(text="")), ["a.b", "a.c"]).got
    "XML without 'a.c'"
    """
    wrong = _wrong(part.text.strip(), elements or [])
    return Verdict(not wrong, wrong or "XML")


@trait(check=_are_paths)
def contains_xml(part: Part, elements: list[str] | None = None) -> Verdict:
    """Somewhere in the text stands a well-formed XML element; with `elements`, one that has these.

    The outermost elements whose tags match are looked at, from left to right.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_xml(Part("如下：<a>1</a>。", Reply(text=""))).spans
    ((3, 11),)
    """
    first = "no XML element in it"
    spans: tuple[Span, ...] = ()
    for start, end in outermost(tags(blanked(part.text))):
        wrong = _wrong(part.text[start:end], elements or [])
        if not wrong:
            return Verdict(True, "an XML element in it", ((start, end),))
        if not spans:
            first, spans = wrong, ((start, end),)
    return Verdict(False, first, spans)


def _wrong(text: str, paths: list[str]) -> str:
    """Say what is wrong with a document, "" if nothing."""
    missing = {tuple(path.split(".")): path for path in paths}
    depth = max(map(len, missing), default=0)
    place: list[str] = []

    def start(name: str, _: object) -> None:
        place.append(name)
        if len(place) <= depth:
            missing.pop(tuple(place), None)

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: place.pop()
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text.encode(errors="replace"), True)
    except (expat.ExpatError, ValueError) as error:
        return f"no XML: {error}"
    return f"XML without {' and '.join(map(shorten, missing.values()))}" if missing else ""


def _refuse(name: str, *_: object) -> None:
    raise ValueError(f"it declares the entity {shorten(name)}")


@trait
def html(part: Part) -> Verdict:
    """The whole text is HTML: a document or elements, with no text outside of them.

    Elements are those of the HTML standard and custom ones (with a `-`); all must be closed but
    those whose end tag may be left out.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> html(Part("<p>水稻</p>完", Reply(text=""))).got
    "'完' outside of the elements"
    """
    text = blanked(part.text, _IN_HTML)
    is_open: list[str] = []
    end = 0
    for tag in tags(text):
        name, start = tag.name.lower(), tag.span[0]
        if not is_open and not _NOTHING.fullmatch(text, end, start):
            return _outside(text, end, start)
        end = tag.span[1]
        if name not in _KNOWN and "-" not in name:
            return Verdict(False, f"{shorten(text[start:end])}, no element of HTML", (tag.span,))
        if not tag.closes:
            is_open += [] if tag.is_empty or name in _VOID else [name]
            continue
        while is_open and is_open[-1] != name and is_open[-1] in _OPTIONAL:
            is_open.pop()
        if not is_open or is_open.pop() != name:
            return Verdict(False, f"</{name}> out of place", (tag.span,))
    unclosed = [name for name in is_open if name not in _OPTIONAL]
    if unclosed:
        return Verdict(False, f"<{unclosed[-1]}> without its end")
    if not is_open and not _NOTHING.fullmatch(text, end):
        return _outside(text, end, len(text))
    return Verdict(bool(end), "HTML" if end else "no element")


def _outside(text: str, start: int, end: int) -> Verdict:
    said = shorten(text[start:end].strip())
    return Verdict(False, f"{said} outside of the elements", ((start, end),))


@trait
def contains_html(part: Part) -> Verdict:
    """Somewhere in the text stands an element of HTML, with its end tag if it needs one.

    The document type `<!DOCTYPE html>` does as well; names that HTML does not know do not.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_html(Part("第一行<br>第二行", Reply(text=""))).spans
    ((3, 7),)
    """
    text = blanked(part.text, _IN_HTML)
    spans = outermost(
        Tag(name, tag.closes, tag.is_empty or name in _VOID, tag.span)
        for tag in tags(text)
        if (name := tag.name.lower()) in _KNOWN
    )
    doctype = _DOCTYPE.search(text)
    found = (*spans, *([doctype.span()] if doctype else []))
    return Verdict(bool(found), "HTML in it" if found else "no element of HTML", found)
