"""What it means that a case is met: pytest, the summary, the page, the audit and the gate agree."""

from __future__ import annotations

import json

import pytest

from pytest_qwen.report.run import read
from tests.cli.command_line import typed

TRAIT = """\
from pytest_qwen import Part, Verdict, trait

@trait(version=1)
def first_sample(part: Part) -> Verdict:
    return Verdict(part.reply.sample == 0, f"sample {part.reply.sample}")
"""

SHARE = """\
behavior: forgiven
prompts: [{id: zh, text: 你好！}]
samples: 2
expect:
  instruct: [{first_sample: null, at_least: 0.5}]
"""

CUT = """\
behavior: cut
prompts: [{id: zh, text: 8.15和8.9哪个更大？}]
samples: 2
sampling: {max_new_tokens: 3}
expect:
  reasoning: [{final_answer: 8.9, at_least: 0.5}]
"""

HELD = """\
behavior: held
prompts:
  - {id: zh, text: 你好！}
  - {id: again, text: 您好！, same_as: zh}
samples: 2
expect:
  instruct: [first_sample]
"""

BOTH_CUT = """\
behavior: unknown
prompts:
  - {id: zh, text: 8.15和8.9哪个更大？}
  - {id: en, text: "Which is larger, 8.15 or 8.9?", same_as: zh}
samples: 2
sampling: {max_new_tokens: 3}
expect:
  reasoning: [{final_answer: 8.9, at_least: 0.5}]
"""

IDS = {
    "behaviors/a.yaml::forgiven[instruct-zh]": True,
    "behaviors/b.yaml::cut[reasoning-zh]": False,
    "behaviors/c.yaml::held[instruct-zh]": False,
    "behaviors/c.yaml::held[instruct-again]": True,
    "behaviors/d.yaml::unknown[reasoning-zh]": False,
    "behaviors/d.yaml::unknown[reasoning-en]": False,
}


@pytest.fixture
def suite(project):
    project.write("conftest.py", TRAIT)
    for name, text in (("a", SHARE), ("b", CUT), ("c", HELD), ("d", BOTH_CUT)):
        project.write(f"behaviors/{name}.yaml", text)
    return project


def test_all_tell_the_same(suite):
    """A share that forgives a sample, a thought that was cut off, prompts held to another one."""
    result = suite.run("-rA")
    failed = {
        line.split(" - ")[0].removeprefix("FAILED ")
        for line in result.outlines
        if line.startswith("FAILED ")
    }
    assert failed == {case for case, met in IDS.items() if not met}

    recorded = suite.run("--qwen-record-only", "--qwen-record=run.jsonl")
    recorded.assert_outcomes(passed=6)
    recorded.stdout.fnmatch_lines(
        ["4 cases failed; failures do not fail a --qwen-record-only run*"]
    )

    cases = read(suite.path / "run.jsonl").cases
    assert {case: cases[case].met for case in IDS} == IDS
    assert typed(suite.path, "pytest-qwen report run.jsonl -o page.html")[0] == 0
    page = (suite.path / "page.html").read_text(encoding="utf-8")
    assert '<p class="seal"><b>4</b>failed</p>' in page

    out = typed(suite.path, "pytest-qwen audit run.jsonl")[1]
    assert "behaviors that never failed: 1\n  forgiven (instruct): passed 1 of 1\n" in out
    never = "  cut (reasoning): passed 0 of 1\n  unknown (reasoning): passed 0 of 2\n"
    assert f"behaviors that never passed: 2\n{never}" in out

    typed(suite.path, "pytest-qwen gate run.jsonl run.jsonl --out gate.json")
    side = json.loads((suite.path / "gate.json").read_text(encoding="utf-8"))["candidate"]
    assert (side["cases"], side["met"]) == (6, 2)
