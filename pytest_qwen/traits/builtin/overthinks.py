"""How much a reply thinks: its tokens, and how often it goes over the same again."""

from __future__ import annotations

import re

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import words
from pytest_qwen.traits.verdict import Part, Verdict

# Phrases that announce another look at what is done already.
_RECHECK = re.compile(
    r"\b(?:wait|hold on|hmm|double[- ]check|(?:let me|let's|i(?:'ll| should| will)) "
    r"(?:re-?check|verify|re-?verify|recalculate|recompute|check (?:again|that|this|it)|redo)"
    r"|check(?:ing)? (?:it )?again|on second thought|to be (?:sure|safe)|another way to)\b"
    r"|等等|等一下|再(?:检查|验证|确认|算|核对|想|看)一?[遍下次]?|重新(?:检查|验证|计算|算|考虑|核对|思考)"
    r"|检查一[下遍]|验[证算]一[下遍]|复查|换(?:一?种|个)(?:方法|思路|角度)",
    re.IGNORECASE,
)


@trait(of="thinking")
def overthinks(part: Part, rechecks: int = 5, ratio: float | None = None) -> Verdict:
    """The thought goes over the same again so many times, or is too long for what was asked.

    `rechecks` counts what announces another look (Wait, let me double-check, 等等, 再检查一遍);
    `ratio` is the most words of thinking for each word of the prompt. After Chen et al. (2024),
    "Do NOT Think That Much for 2+3=? On the Overthinking of o1-Like LLMs", arXiv:2412.21187: on
    easy sums most tokens come after the first right solution. The defaults are ours: a few looks
    back are care. Whether a thought was needed, no count can tell.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> overthinks(Part("2+3=5。等等，再检查一遍：5。", Reply(text="")), rechecks=2).got
    '2 second looks, 11 words of thinking per word of the prompt'
    """
    looks = tuple(match.span() for match in _RECHECK.finditer(part.text))
    measured = len(words(part.text)) / max(1, len(words(part.prompt)))
    passed = len(looks) >= rechecks or (ratio is not None and measured > ratio)
    values = {"rechecks": len(looks), "ratio": measured}
    return Verdict(passed, Reason("checks.second_looks", **values), looks, values)
