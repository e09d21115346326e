"""Texts that are JSON, or have some in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pytest_qwen.files.strict_json import DECODER
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._json import check_schema, kind_of, schema_problem
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Span, Verdict

_BEGINNING = re.compile(r'\{\s*["}]|\[\s*[\[{"\]\d\-tfn]')
_EFFORT = 10  # how many times a text may be read in vain for the JSON in it
_LINES = 100  # characters in which line ends are counted while one is read


@trait(check=check_schema)
def contains_json(part: Part, json_schema: dict[str, Any] | bool | None = None) -> Verdict:
    """Somewhere in the text stands a JSON object or array; with `json_schema`, a valid one.

    The outermost ones are looked at, from left to right. A text that begins JSON again and again
    without ending it is given up.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> contains_json(Part('如下：{"a": 1}。', Reply(text=""))).spans
    ((3, 11),)
    """
    first = Verdict(False, Reason("checks.no_json_in_it"))
    for value, span in _values(part.text):
        problem = schema_problem(value, json_schema)
        if problem is None:
            return Verdict(True, Reason("checks.json_in_it", kind=kind_of(value)), (span,))
        if not first.spans:
            first = Verdict(False, problem, (span,))
    return first


def _values(text: str) -> Iterator[tuple[Any, Span]]:
    end = spent = 0
    while (beginning := _BEGINNING.search(text, end)) and spent <= _EFFORT * len(text):
        start = beginning.start()
        try:
            value, end = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            spent += _cost(error, text, start)
            end = start + 1
        else:
            yield value, (start, end)


def _cost(error: Exception, text: str, start: int) -> int:
    """Return how many characters were read in vain: an error also counts the lines before it."""
    if isinstance(error, json.JSONDecodeError) and not error.msg.startswith("Unterminated"):
        return error.pos - start + error.pos // _LINES
    return len(text) - start
