"""What a reply must contain besides its subject: placeholders, a postscript."""

from __future__ import annotations

import re

from pytest_qwen.core.names import shorten
from pytest_qwen.core.text import lines
from pytest_qwen.core.traits.ifeval.catalogue import folded, instruction, related
from pytest_qwen.core.verdict import Part, Verdict

# `[name]`, `【姓名】`, `［姓名］`; neither `[]` nor the links and images of Markdown.
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]*[^\W_][^\[\]\n]*\](?!\()|【[^【】\n]+】|［[^［］\n]+］")
_OPENING = re.compile(r"[\s>*_#\"'“‘「(（-]*")


@instruction("detectable_content:number_placeholders")
def number_placeholders(part: Part, num_placeholders: int) -> Verdict:
    """At least so many placeholders in square brackets: `[address]`, `【地址】`."""
    spans = [match.span() for match in _PLACEHOLDER.finditer(part.text)]
    return related(len(spans), "at least", num_placeholders, "placeholder", tuple(spans))


@instruction("detectable_content:postscript")
def postscript(part: Part, postscript_marker: str) -> Verdict:
    """A line begins with the marker, spaces and the last dot aside, and says something behind it."""
    marker = re.sub(r"\\?\s", "", folded(postscript_marker)).rstrip(".")
    pattern = re.compile(r"\s?".join(map(re.escape, marker)) + r"(?!\w)[\W_]*\w")
    text = folded(part.text)
    for start, end in lines(text):
        opening = _OPENING.match(text, start, end)
        match = pattern.match(text, opening.end() if opening else start)
        if match:
            return Verdict(True, shorten(part.text[start:end]), ((start, end),))
    return Verdict(False, f"no line that begins with {shorten(postscript_marker)}")
