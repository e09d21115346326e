"""Model text made safe and visible for terminals, logs, snapshots and pages."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d\ufe0f"  # used by scripts and emoji
_PLAIN = dict.fromkeys(map(ord, "\n\t\u3000"), " ")
_COMMAND = re.compile(r"^(\s*)::|##\[", re.MULTILINE)


def visible(text: str) -> str:
    r"""Write control, bidirectional and unassigned characters as escapes; newlines and tabs stay.

    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    if (
        text.isprintable() or text.translate(_PLAIN).isprintable()
    ):  # no character of those categories: most texts
        return text
    return "".join(_escape(char) if _is_hidden(char) else char for char in text)


def log_safe(text: str) -> str:
    r"""Return visible text in which no line is a command to a CI service.

    Lines that begin with `::` (GitHub) or hold `##[` (Azure) would be obeyed; a backslash is put
    into the mark.

    >>> print(log_safe("::error::x"))
    :\:error::x
    """
    return _COMMAND.sub(lambda m: "#\\#[" if m[1] is None else f"{m[1]}:\\:", visible(text))


def _is_hidden(char: str) -> bool:
    if char in "\n\t" or char in _JOINERS:
        return False
    return unicodedata.category(char) in _HIDDEN


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
