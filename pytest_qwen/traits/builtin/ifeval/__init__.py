"""IFEval: 25 instructions that can be verified (Zhou et al., 2023, arXiv:2311.07911).

- ifeval: punctuation:no_comma
- ifeval: {instruction_id: "length_constraints:number_words", relation: at least, num_words: 50}

Each is one small function, by group in the modules beside; `upstream.py` has the official ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.ifeval import (  # noqa: F401 - each registers its instructions
    content,
    formats,
    keywords,
    lengths,
    letters,
    upstream,
    whole,
)
from pytest_qwen.traits.builtin.ifeval.catalogue import INSTRUCTIONS
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict

Mode = Literal["fixed", "upstream"]
Strictness = Literal["strict", "loose"]


def _check(instruction_id: str, mode: Mode, **arguments: Any) -> None:
    for name, value in arguments.items():
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else ["-"]
        if not texts or not all(text.strip() for text in texts):
            raise ValueError(f"some text as {name}")
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} from 0 up")
    if len(arguments.get("letter", "-")) != 1:
        raise ValueError("one character as letter")
    if not 0 < arguments.get("nth_paragraph", 1) <= arguments.get("num_paragraphs", 1):
        raise ValueError("nth_paragraph from 1 to num_paragraphs")
    if mode == "upstream":
        upstream.check(instruction_id, **arguments)


@trait(variants=INSTRUCTIONS, check=_check)
def ifeval(
    part: Part,
    instruction_id: str,
    mode: Mode = "fixed",
    strictness: Strictness = "strict",
    **arguments: Any,
) -> Verdict:
    """The text follows an instruction of IFEval, with ids and arguments as published.

    `mode: fixed` repairs the official checker's faults and understands Chinese; `mode: upstream`
    answers as the official checker does. `strictness: loose` forgives in `fixed` a first line that
    announces the answer and ends with a colon; in `upstream` one of eight rewritings must pass.
    An empty text follows nothing.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> ifeval(Part("苹果，梨", Reply(text="")), "punctuation:no_comma").got
    '1 comma'
    """
    texts = iter([part.text]) if strictness == "strict" else _LOOSENED[mode](part.text)
    first = None
    for text in texts:
        if text.strip():
            if mode == "upstream":
                verdict = upstream.judge(instruction_id, text, **arguments)
            else:
                verdict = INSTRUCTIONS[instruction_id](replace(part, text=text), **arguments)
            if verdict.passed:
                return _moved(verdict, len(part.text) - len(text))
            first = first or verdict
    return first or Verdict(False, Reason("checks.blank"))


def _loosened(text: str) -> Iterator[str]:
    yield text
    line, _, rest = text.partition("\n")
    if line.rstrip().endswith((":", "：")):
        yield rest


_LOOSENED = {"fixed": _loosened, "upstream": upstream.loosened}


def _moved(verdict: Verdict, offset: int) -> Verdict:
    """Return the spans as they stand in the whole text, of which the last part was judged."""
    return replace(verdict, spans=tuple((a + offset, b + offset) for a, b in verdict.spans))
