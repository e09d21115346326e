"""What a reply must contain besides its subject: placeholders, a postscript."""

from __future__ import annotations

import re

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.ifeval.catalogue import counted, folded, instruction
from pytest_qwen.traits.verdict import Part, Verdict

# `[name]`, `【姓名】`, `［姓名］`; neither `[]` nor the links and images of Markdown.
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\](?!\()|【[^【】\n]+】|［[^［］\n]+］")
# Where a postscript may begin: on a line, or after the end of a sentence.
_BEGIN = r"(?:^[ \t　>*_#\"'“‘「(（-]*|[.!?…][\"'”)*_]*\s+[*_\"'“(]*|[。！？][”」）]*\s*)"


@instruction("detectable_content:number_placeholders")
def number_placeholders(part: Part, num_placeholders: int) -> Verdict:
    """At least so many placeholders in square brackets: `[address]`, `【地址】`."""
    matches = _PLACEHOLDER.finditer(part.text)
    spans = tuple(match.span() for match in matches if re.search(r"[^\W_]", match[0]))
    got = Reason("checks.placeholders", n=len(spans))
    return counted(got, "at least", num_placeholders, spans)


@instruction("detectable_content:postscript")
def postscript(part: Part, postscript_marker: str) -> Verdict:
    """A line or a sentence begins with the marker, and something is said after it.

    Spaces in the marker and its last dot are left aside; `P.S.` is not found in `P.P.S.`.
    """
    marker = re.sub(r"\s", "", folded(postscript_marker))
    name = r"\s?".join(map(re.escape, marker.rstrip(".") or marker))
    pattern = re.compile(rf"{_BEGIN}({name}(?!\w)[\W_]*\w)", re.MULTILINE)
    match = pattern.search(folded(part.text))
    if match is None:
        got = Reason("checks.no_postscript", marker=shorten(postscript_marker))
        return Verdict(False, got)
    line = part.text[match.start(1) :].partition("\n")[0]
    span = (match.start(1), match.start(1) + len(line))
    return Verdict(True, Reason("checks.text", text=shorten(line)), (span,))
