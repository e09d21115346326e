r"""Whether two formulas have the same value: `2\sqrt{3}` and `\sqrt{12}`, `x+1` and `1+x`.

Math-Verify (https://github.com/huggingface/Math-Verify, in the extra `math`) reads LaTeX and
compares with SymPy. What a model wrote may keep SymPy busy for ever, and Math-Verify's own limits
are signals that work in a main thread only. So it runs in a bounded process, `_algebra_process.py`,
which is started at the first formula.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from pytest_qwen.messages.reason import Reason
from pytest_qwen.processes.bounded import BoundedProcess, LimitError
from pytest_qwen.traits.text import halfwidth
from pytest_qwen.traits.verdict import Span

LONGEST = 300
"""Characters of a formula that are read."""

_PROCESS = BoundedProcess(
    Path(__file__).with_name("_algebra_process.py"),
    cpu_seconds=3.0,  # for one comparison; a usual one takes a tenth of a second
    memory=2 << 30,
)
# What could take minutes, whatever the machine: long numbers, towers of powers, great exponents,
# factorials of factorials, sums and integrals.
_HEAVY = re.compile(
    r"\d{16}|\^\s*[{(][^{}()]*\^|\^\s*-?(?:\d+|[A-Za-z])\s*\^|\^\W{0,3}\d{4}|!\W{0,3}!"
    r"|\d{4}\W{0,3}!|\\(?:i+nt|sum|prod|lim)(?![a-z])"
)
_FUNCTIONS = r"(?:sqrt|sin|cos|tan|ln|log|exp|pi)(?![A-Za-z])"
_SIGNS = {
    "²": "^2", "³": "^3", "√": "\\sqrt ", "π": "\\pi ", "×": "*", "·": "*", "÷": "/", "−": "-",
    "≤": "\\le ", "≥": "\\ge ", "∞": "\\infty ", "**": "^", "$": "", "\\(": "", "\\)": "",
    "\\[": "", "\\]": "",
}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_ROOT = re.compile(r"\\sqrt\s*\(([^()]*)\)|\\sqrt\s+(\w)")
_MARKED = re.compile(
    rf"\$([^$\n]{{1,{LONGEST}}})\$|\\\((.{{1,{LONGEST}}}?)\\\)|\\\[(.{{1,{LONGEST}}}?)\\\]",
    re.DOTALL,
)
# A letter, but no article (a x+1); or a product such as `xy`, `abc`, `kx`, but no word.
_PRODUCT = r"(?!by|my)(?:[a-d]{2,3}|[mnpq]{2}|[r-t]{2}|[u-z]{2,3}|[a-dkmn][xyz])"
_LETTERS = rf"(?<![A-Za-z])(?:(?![aI][ \t]+[\w\\(])[A-Za-z]|{_PRODUCT})(?![A-Za-z])"
# A command, `2x`; or an operator between a number, letters or a bracket and the next one.
_OPERATION = re.compile(
    rf"\\[A-Za-z]{{2}}|[²³√π]|{_FUNCTIONS}\s*\(|\d(?:[nxyz]|{_PRODUCT})(?![A-Za-z])|(?:{_LETTERS}|[\d)\]}}!])"
    rf"\s*[-+*/^=<>≤≥×·÷]{{1,2}}\s*-?(?:\d|{_LETTERS}|[({{[\\√π]|{_FUNCTIONS})"
)
_VARIABLE = re.compile("[a-z√π]")
_SLASHED = re.compile(r"[A-Za-z]/[A-Za-z]")  # n/a, w/o
# A stretch of text without words, and nothing but what formulas are written with.
_STRETCH = re.compile(
    rf"(?:\\[A-Za-z]+|{_FUNCTIONS}|{_LETTERS}"
    r"|[\d \t()\[\]{}^_+*/=<>.,!|&²³√π×·÷−≤≥∞-])+"
)


def need_algebra(formula: str) -> None:
    """Raise a ValueError where the extra is not installed, or a formula is too much for it.

    Nothing is loaded.
    """
    if find_spec("math_verify") is None:
        raise ValueError("Math-Verify installed for a formula (pip install 'pytest-qwen[math]')")
    if len(formula) > LONGEST or _HEAVY.search(_latex(formula)):
        raise ValueError("a formula that can be worked out")


def is_formula(value: str) -> bool:
    r"""Say whether an expected answer is a formula and not a text.

    It is where it stands between dollars, `\(…\)` or `\[…\]`, or has a command of LaTeX, or an
    operator at a small letter, and no words.

    >>> [is_formula(value) for value in (r"2\sqrt{3}", "x+1", "$n!$", "n/a", "A+", "2-1", "北京")]
    [True, True, True, False, False, False, False]
    """
    value = value.strip()
    if _MARKED.fullmatch(value):
        return True
    value = halfwidth(value)
    plain = _STRETCH.fullmatch(value) and not _SLASHED.fullmatch(value)
    return bool(plain and _OPERATION.search(value) and _VARIABLE.search(value))


def formulas(text: str, place: Span) -> list[Span]:
    """Return where the formulas of a place stand: the marked ones, or all with an operator."""
    text = halfwidth(text)
    marked = [match.span() for match in _MARKED.finditer(text, *place)]
    stretches = (m for m in _STRETCH.finditer(text, *place) if _OPERATION.search(m[0]))
    return marked or [_stripped(text, match.span()) for match in stretches]


def _stripped(text: str, span: Span) -> Span:
    inside = text[slice(*span)]
    begun = inside.lstrip("*,.!| \t")
    start = span[1] - len(begun)
    return start, start + len(begun.rstrip("*,.| \t"))


@lru_cache(1024)
def compare(expected: str, given: str) -> tuple[bool, str]:
    """Say whether two formulas have the same value, and why it could not be worked out, or "".

    Of a chain `a = b = c` the last part is compared, unless an equation is expected.
    """
    expected, given = _latex(expected), _latex(given)
    if "=" not in expected:
        given = re.split(r"(?<![<>!])=", given)[-1]
    if len(given) > LONGEST or _HEAVY.search(given):
        return False, Reason("formula.heavy")
    try:
        same = _PROCESS.ask([expected, given])
    except LimitError as error:
        return False, Reason("formula.unanswered", why=error.why)
    return bool(same), "" if same is not None else Reason("formula.unreadable", formula=expected)


def _latex(formula: str) -> str:
    """Write a formula as LaTeX where a person or a model wrote `²`, `sqrt(2)` or `**`."""
    plain = _SIGN.sub(lambda sign: _SIGNS[sign[0]], halfwidth(formula[: 2 * LONGEST]))
    named = re.sub(rf"(?<![\\A-Za-z])({_FUNCTIONS})", r"\\\1", plain)
    return _ROOT.sub(lambda root: f"\\sqrt{{{root[1] or root[2]}}}", named).strip(" .,;。")
