"""What `final_answer` makes of formulas: by value, within bounds, and only with the extra."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_qwen.traits.builtin import _algebra
from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import judge


@pytest.mark.parametrize(
    ("value", "text", "passed"),
    [
        (r"2\sqrt{3}", r"\boxed{\sqrt{12}}", True),
        (r"2\sqrt{3}", r"\boxed{\sqrt{13}}", False),
        (r"2\sqrt{3}", "答案是 2√3。", True),
        (r"2\sqrt{3}", "It is about 3.46", False),
        ("sqrt(12)", r"\[ 2\sqrt{3} \]", True),
        ("x+1", "所以答案：１＋ｘ，其中 x 是整数", True),
        ("(x+1)^2", "x² + 2x + 1", True),
        ("(x+1)^2", "$x^2 + 2x + 1 = (1+x)^2$", True),
        ("(x+1)^2", "x^2 + 2x + 2", False),
        (r"\frac{\pi}{2}", "π/2", True),
        ("y = 2x + 1", r"\boxed{y = 1 + 2*x}", True),
        ("y = 2x + 1", r"\boxed{y = 1 - 2x}", False),
        ("$[2, 5)$", r"\boxed{[2,5)}", True),
        ("$[2, 5)$", r"\boxed{[2,5]}", False),
        (r"\sin(x)^2", r"1 - \cos^2(x)", True),
        ("x+1", r"\boxed{y+1}", False),
        ("x^2+2xy+y^2", "The square is a sum: (x+y)^2.", True),
        ("2x", r"\boxed{x \cdot 2}", True),
        ("2x", "所以导数是 2x。", True),
        ("3abc", r"\boxed{abc + 2*a*b*c}", True),
        ("x+1", "This makes it a x + 1", True),
        ("xy+1", "I multiply x by y and add 1: 1 + yx", True),
        # what there is without algebra stays as it was
        ("n/a", "n/a", True),
        ("A+", "Grade: A+", True),
        ("C-3", "Room C-3", True),
        ("2-1", "It ended 2-1.", True),
        ("4-in-1", "a 4-in-1 tool", True),
        ("5g", "It has 5g.", True),
        ("on/off", "It is on/off.", True),
    ],
)  # fmt: skip
def test_a_formula_is_compared_by_value(value: str, text: str, passed: bool) -> None:
    """However it is written, equal is equal, and other values and plain texts are not."""
    assert judge("final_answer", value, text).passed is passed


HOSTILE = [
    "9^{9^{9^9}}",
    "9^9^9^9",
    "10^{99999999}",
    "((9^{999})^{999})^{999}",
    "999999!",
    "((99!)!)!",
    "9" * 299,
    "(" * 299,
    "x+" * 9_999 + "1",
    r"\sqrt{" * 49,
    r"\int_0^1 e^{e^x} dx",
    "__import__('os').system('kill 0')",
    r"\begin{pmatrix}" * 9,
    "$" * 99,
    "\0\ud800\\",
]


@pytest.mark.parametrize("formula", HOSTILE, ids=lambda formula: ascii(formula[:12]))
def test_hostile_formulas_are_survived(formula: str) -> None:
    """Nothing hangs, raises or passes, and what comes next is judged as ever."""
    begun = time.monotonic()
    assert judge("final_answer", "x+1", rf"\boxed{{{formula}").passed is False
    assert judge("final_answer", "x+1", f"Answer: {formula}").passed is False
    assert judge("final_answer", "x+1", rf"{formula[:20_000]} \boxed{{1 + x}}").passed is True
    assert time.monotonic() - begun < 60


def test_what_takes_too_long_is_said() -> None:
    """The system ends what works for too long, and the message tells it in both languages."""
    formula = "((9^{999})^{999})^{999}"
    verdict = judge("final_answer", "x+1", rf"\boxed{{{formula}}}")
    assert verdict.got == f"the answer '{formula}', not worked out: it takes too much time"


def test_any_thread_may_judge() -> None:
    """No signal is needed here, and threads do not mix their answers."""
    right = [judge_sum(n, n) for n in range(2)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(judge_sum, range(12), [0, 1] * 6))
    assert right == [True, True]
    assert results == [n == wanted for n, wanted in zip(range(12), [0, 1] * 6, strict=True)]


def judge_sum(n: int, wanted: int) -> bool | None:
    return judge("final_answer", f"x+{wanted}y", rf"\boxed{{{n}y+x}}").passed


@pytest.mark.parametrize("value", ["9^{9^{9^x}}", "x+" * 200 + "1", "x = 10^{9999}"])
def test_what_cannot_be_worked_out_is_refused(value: str) -> None:
    """A formula that no answer could equal is a mistake of the spec."""
    with pytest.raises(BadArguments, match="final_answer with a formula that can be worked out"):
        bind("final_answer", value)


def test_what_cannot_be_read_is_said() -> None:
    """A value that is no LaTeX never passes, and the message says whose fault it is."""
    verdict = judge("final_answer", r"\frac{x", "x/2")
    assert verdict.passed is False
    assert verdict.got == r"the answer 'x/2', Math-Verify cannot read '\\frac{x'"


def test_a_missing_extra_is_told_when_it_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants a formula is told what to type; numbers and texts need nothing."""
    monkeypatch.setattr(_algebra, "find_spec", lambda _: None)
    with pytest.raises(BadArguments) as error:
        bind("final_answer", "x+1")
    assert str(error.value) == (
        "expected final_answer with Math-Verify installed for a formula "
        "(pip install 'pytest-qwen[math]'), got 'x+1'"
    )
    for plain in (r"\frac{1}{2}", 9.8, "Paris", "B", {"value": "x+1", "others": ["x+2"]}):
        bind("final_answer", plain)


def test_algebra_stays_in_its_process() -> None:
    """Neither binding nor judging imports SymPy here."""
    code = (
        "import sys\n"
        "from pytest_qwen.traits.registry import bind\n"
        "from pytest_qwen.model_io.reply import Reply\n"
        "from pytest_qwen.traits.verdict import Part\n"
        "print(bind('final_answer', 'x+1')(Part('1+x', Reply(text=''))).passed)\n"
        "print({'sympy', 'math_verify'} & set(sys.modules))\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert process.stdout == "True\nset()\n"
