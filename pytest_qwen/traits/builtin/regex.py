"""Regular expressions, matched in linear time whatever the pattern and the text are."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@lru_cache
def compile_pattern(pattern: str) -> Any:
    """Return the compiled pattern, which reads text without lone surrogates.

    Raises:
        ValueError: RE2 does not take the pattern, and why.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        why = error.args[0]
        why = why.decode(errors="replace") if isinstance(why, bytes) else "text that is no Unicode"
        raise ValueError(
            f"a regular expression of RE2, without look-around and backreferences ({why})"
        ) from None


@trait(check=compile_pattern)
def regex(part: Part, pattern: str) -> Verdict:
    r"""The pattern matches somewhere in the text; `^…$` or `\A…\z` tie it to the ends.

    The syntax is RE2's (https://github.com/google/re2/wiki/Syntax), which takes linear time.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> regex(Part("共 12 周", Reply(text="")), r"\d+ 周").spans
    ((2, 6),)
    """
    # RE2 reads UTF-8, which has no lone surrogates; '?' in their place keeps the offsets.
    match = compile_pattern(pattern).search(part.text.encode(errors="replace").decode())
    if match is None:
        return Verdict(False, Reason("checks.no_match", text=shorten(part.text)))
    matched = shorten(part.text[slice(*match.span())])
    return Verdict(True, Reason("checks.match", text=matched), (match.span(),))
