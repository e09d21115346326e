"""The script that makes promptfoo's assertions lines for `pytest-qwen judge`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import typed

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "promptfoo.py"
PLACE = {"required": ["city"]}
CASES = [
    ("equals", "好", "好", True),
    ("equals", {"a": 1}, '{"a": 1.0}', True),
    ("equals", {"a": 1}, '{"a": 1, "b": 2}', False),
    ("contains", 42, "it is 42", True),
    ("icontains", "RICE", "rice", True),
    ("contains-any", 'a, "b,c", "d\\"e"', 'd"e', True),
    ("contains-any", 'a, "b,c"', "b", False),
    ("icontains-any", ",A,", "xa", True),
    ("icontains-all", ["A", "B"], "a", False),
    ("starts-with", "结论", "结论：好", True),
    ("ends-with", "。", "好", False),
    ("regex", "[0-9]{3}", "a123", True),
    ("is-json", None, "{}", True),
    ("is-json", "required: [city]", '{"city": "Rome"}', True),
    ("contains-json", PLACE, "x {} y", False),
    ("is-xml", "a.b,a.c", "<a><b/><c/></a>", True),
    ("contains-xml", {"requiredElements": ["a.c"]}, "x <a><b/></a>", False),
    ("is-html", None, "<p>好</p>", True),
    ("contains-html", None, "a < b", False),
    ("levenshtein", "水稻", "小麦", True),
    ("rouge-n", "a b c d", "a b c", True),
    ("similar", ["猫坐在垫子上。", "今天很冷。"], "今天天气寒冷。", True),
    ("similar", "Rice feeds half of the world.", "Wheat is ground into flour.", False),
    ("word-count", 2, "水稻", True),
    ("word-count", {"min": 3}, "水稻", False),
]


@pytest.mark.parametrize("inverse", [False, True])
def test_every_assertion_of_the_table(tmp_path, inverse):
    """Each kind becomes a trait that gives the verdict which promptfoo documents, and so does not-."""
    lines = [
        {"id": i, "promptfoo_type": kind, "value": value, "output": output,
         "expected": expected != inverse, "inverse": inverse}
        for i, (kind, value, output, expected) in enumerate(CASES)
    ]  # fmt: skip
    said = subprocess.run(
        [sys.executable, SCRIPT], input="\n".join(map(json.dumps, lines)), capture_output=True, text=True, check=True
    )  # fmt: skip
    status, out, err = typed(tmp_path, "pytest-qwen judge -", said.stdout.encode())
    assert status == 0, err
    got = [json.loads(line)["passed"] for line in out.splitlines()]
    assert got == [line["expected"] for line in lines]


def test_thresholds_are_passed_on(tmp_path):
    """A threshold is the most edits, or the least share."""
    lines = [
        {"id": 1, "promptfoo_type": "levenshtein", "value": "abc", "output": "abd", "expected": False, "threshold": 0},
        {"id": 2, "promptfoo_type": "rouge-n", "value": "a b", "output": "a", "expected": True, "threshold": 0.5},
    ]  # fmt: skip
    said = subprocess.run(
        [sys.executable, SCRIPT], input="\n".join(map(json.dumps, lines)), capture_output=True, text=True, check=True
    )  # fmt: skip
    _, out, _ = typed(tmp_path, "pytest-qwen judge -", said.stdout.encode())
    assert [json.loads(line)["passed"] for line in out.splitlines()] == [False, True]
