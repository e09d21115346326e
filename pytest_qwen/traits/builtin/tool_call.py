"""Tool calls as they stand on the wire: Hermes JSON, and the XML of Qwen3.5 and Qwen3-Coder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from pydantic import JsonValue

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict

Format = Literal["hermes", "xml"]

_TAG, _OPEN = re.compile(r"</?tool_call>"), "<tool_call>"
_FUNCTION = re.compile(r"<function=([^<>\n]{1,200})>(.*)</function>", re.DOTALL)
_PARAMETER = re.compile(r"\s*<parameter=([^<>\n]{1,200})>\n?(.*?)</parameter>", re.DOTALL)
_BARE = re.compile(r'<function=|"name"\s{0,9}:\s{0,9}"[^"\n]{1,200}"\s{0,9},\s{0,9}"arguments"')
_SHOWN = 5  # of the calls


@dataclass(frozen=True)
class _Call:
    """A tool call, or why it is none: `problem`."""

    span: Span
    format: Format | None = None
    name: str = ""
    arguments: Mapping[str, Any] | None = None
    problem: Reason | None = None

    def as_reason(self) -> Reason:
        """Return the call as evidence."""
        if self.problem:
            return self.problem
        arguments = shorten(json.dumps(self.arguments, ensure_ascii=False))
        return Reason(
            "checks.call", format=self.format, name=shorten(self.name), arguments=arguments
        )


@trait
def tool_call(
    part: Part,
    name: str | None = None,
    arguments: dict[str, JsonValue] | None = None,
    format: Format | None = None,  # noqa: A002 - what a spec writes
) -> Verdict:
    r"""A tool is called; every call is well-formed, and one is what was expected.

    The wire formats are `hermes` (Qwen2.5, Qwen3: `<tool_call>` around JSON with `name` and
    `arguments`, https://github.com/NousResearch/Hermes-Function-Calling) and `xml` (Qwen3-Coder,
    Qwen3.5: `<function=…>` with `<parameter=…>` inside the same tags). Of `arguments` only those
    named are compared, by value; in XML all values are text, and equal what they spell.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> text = '<tool_call>\n{"name": "weather", "arguments": {"city": "北京"}}\n</tool_call>'
    >>> tool_call(Part(text, Reply(text="")), "weather", {"city": "上海"}).got
    'hermes call of \'weather\' with \'{"city": "北京"}\''
    """
    calls = list(_calls(part.text))
    spans = tuple(call.span for call in calls)
    if not calls:
        bare = _BARE.search(part.text)
        got = Reason("checks.bare_call") if bare else Reason("checks.no_call")
        return Verdict(False, got, (bare.span(),) if bare else ())
    got = Reason("checks.calls", calls=[call.as_reason() for call in calls[:_SHOWN]])
    if any(call.problem for call in calls):
        return Verdict(False, got, spans)
    fits = [
        call
        for call in calls
        if name in {None, call.name}
        and format in {None, call.format}
        and all(_has(call, key, value) for key, value in (arguments or {}).items())
    ]
    return Verdict(bool(fits), got, spans, {"calls": len(calls)})


def _calls(text: str) -> Iterator[_Call]:
    tags = list(_TAG.finditer(text))
    for tag, after in zip_longest(tags, tags[1:]):
        if tag[0] != _OPEN:
            continue
        if after and after[0] != _OPEN:
            yield _parsed(text[tag.end() : after.start()].strip(), (tag.start(), after.end()))
        else:
            yield _Call(tag.span(), problem=Reason("checks.call_unclosed"))


def _parsed(body: str, span: Span) -> _Call:
    if body.startswith("<"):
        return _xml(body, span)
    try:
        value = json.loads(body)
    except RecursionError:
        return _Call(span, problem=Reason("checks.call_too_deep"))
    except ValueError as error:
        return _Call(span, problem=Reason("checks.call_no_json", error=str(error)))
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(name, str):
        return _Call(span, problem=Reason("checks.call_without_name"))
    if not isinstance(value.get("arguments"), dict):
        return _Call(span, problem=Reason("checks.call_arguments", name=shorten(name)))
    return _Call(span, "hermes", name, value["arguments"])


def _xml(body: str, span: Span) -> _Call:
    function = _FUNCTION.fullmatch(body)
    if not function:
        return _Call(span, problem=Reason("checks.call_no_function"))
    arguments: dict[str, str] = {}
    inside = function[2].strip()
    at = 0
    while at < len(inside):
        parameter = _PARAMETER.match(inside, at)
        if not parameter:
            return _Call(span, problem=Reason("checks.call_parameter", name=shorten(function[1])))
        arguments[parameter[1]] = parameter[2].removesuffix("\n")
        at = parameter.end()
    return _Call(span, "xml", function[1], arguments)


def _has(call: _Call, key: str, value: Any) -> bool:
    arguments = call.arguments or {}
    if key not in arguments:
        return False
    actual = arguments[key]
    if call.format == "xml" and not isinstance(value, str):
        try:
            actual = json.loads(actual)
        except (ValueError, RecursionError):
            return False
    return bool(actual == value) and isinstance(actual, bool) == isinstance(value, bool)
