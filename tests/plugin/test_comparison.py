"""Comparisons on the tiny family: items, selection, messages, workers, the record, replay."""

from __future__ import annotations

import pytest

ASKED = """\
behavior: asked
prompts:
  - {id: pets, text: 猫和狗有什么不同？}
  - {id: rice, text: 水稻是什么？}
  - {id: decimals, text: "Which is larger, 8.15 or 8.9?"}
  - {id: greeting, text: 你好！}
  - {id: unclear, text: "Can you change it a bit? Thanks."}
  - {id: list, text: "apples, bananas, oranges, carrots"}
sampling: {max_new_tokens: 160}
samples: 2
expect:
  instruct: [{finish: stop}]
"""

LADDER = """\
behavior: ladder
title: Tuned models end their turns
tags: [format]
compare:
  - rate: {behavior: asked, trait: {finish: stop}}
    order: base < instruct
"""

UPSIDE_DOWN = LADDER.replace("base < instruct", "instruct < base")


@pytest.fixture
def suite(project):
    """A behavior, and a comparison in another folder."""
    project.write("behaviors/instruct/asked.yaml", ASKED)
    project.write("behaviors/family/ladder.yaml", LADDER)
    return project


def test_a_comparison_is_an_item_of_its_own(suite):
    """It has an ASCII id, the mark `comparison`, its tags, and can be named and selected."""
    node = "behaviors/family/ladder.yaml::ladder[rate-finish]"
    other = [f"behaviors/instruct/asked.yaml::asked[instruct-{p}]" for p in ("pets", "rice")]
    for arguments, there in (
        ([], True),
        (["-m", "comparison"], True),
        (["-m", "format"], True),
        (["-k", "ladder and finish"], True),
        (["behaviors/family/ladder.yaml"], True),
        ([node], True),
        (["-m", "instruct"], False),
        (["-m", "base or reasoning"], False),
    ):
        found = suite.run("--collect-only", "-q", *arguments).outlines
        assert (node in found) is there, arguments
    assert set(other) <= set(suite.run("--collect-only", "-q").outlines)


def test_a_rise_passes_alone_and_is_recorded(suite):
    """The file alone finds the behavior in a sibling folder and asks the base role too."""
    suite.run("behaviors/family/ladder.yaml").assert_outcomes(passed=1)
    _run, line, end = suite.lines()
    assert (line["kind"], line["passed"], line["order"]) == ("comparison", True, "base < instruct")
    assert [step["n"] for step in line["steps"]] == [6]
    assert len(line["prompts"]) == 6
    assert end["expected"] == end["reported"] == [line["case"]]


def test_what_is_not_shown_fails_with_the_prompts_against_it(suite):
    """One paragraph: line, claim, means, prompts, p; the prompts; the command that repeats it."""
    suite.write("behaviors/family/ladder.yaml", UPSIDE_DOWN)
    result = suite.run("-m", "comparison")
    result.assert_outcomes(failed=1, deselected=6)
    result.stdout.fnmatch_lines(
        [
            (
                "behaviors/family/ladder.yaml:5: expected rate of finish 'stop' instruct < base, "
                "got instruct 1, base 0* over 6 prompts (p = *): to be 95% sure, p must be at most 0.05"
            ),
            "    asked[[]*[]]: instruct 1, base 0*",
            "again: pytest 'behaviors/family/ladder.yaml::ladder[[]rate-finish[]]'",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    (line,) = [line for line in suite.lines() if line["kind"] == "comparison"]
    assert line["passed"] is False


def test_workers_and_one_process_find_the_same(suite):
    """With `-n 2` outcomes and record are those of one process."""
    suite.write("behaviors/family/other.yaml", UPSIDE_DOWN.replace("ladder", "other"))
    found = []
    for workers in (["-p", "no:xdist"], ["-n", "2"]):
        suite.run("-m", "comparison", *workers).assert_outcomes(passed=1, failed=1)
        found.append({line["case"]: line for line in suite.lines() if line["kind"] == "comparison"})
    assert len(found[0]) == 2
    assert found[0] == found[1]


def test_replay_imports_no_torch_and_asks_nothing_twice(suite):
    """What the behavior's cases have generated the comparison takes from the store."""
    suite.run(store="kept").assert_outcomes(passed=7)
    suite.write(
        "conftest.py",
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    print('heavy:', sorted({'torch', 'transformers', 'tokenizers'} & set(sys.modules)))\n",
    )
    result = suite.run("-m", "comparison", store="kept")
    result.assert_outcomes(passed=1, deselected=6)
    result.stdout.fnmatch_lines(["heavy: []"])


def test_samples_can_be_overridden(suite):
    """`--qwen-samples` holds for comparisons as for cases."""
    suite.run("-m", "comparison", "--qwen-samples=1")
    scores = {s for p in suite.lines()[1]["prompts"] for s in p["scores"].values()}
    assert scores <= {0.0, 1.0}


def test_a_measure_can_be_compared(suite):
    """A measure of one's own, bound with its arguments; its own error is told with the prompt."""
    suite.write(
        "conftest.py",
        "from collections.abc import Sequence\n"
        "from pytest_qwen import Part, measure\n"
        "@measure\n"
        "def mean_length(parts: Sequence[Part], least: int = 0) -> float:\n"
        "    if least > 1000:\n"
        "        raise ValueError('too much is asked')\n"
        "    return sum(len(p.text) for p in parts) / len(parts)\n",
    )
    text = LADDER.partition("  - rate")[0]
    text += "  - {measure: {mean_length: 0}, behavior: asked, order: instruct < base}\n"
    text += "  - {measure: {mean_length: 2000}, behavior: asked, order: instruct < base}\n"
    suite.write("behaviors/family/ladder.yaml", text)
    result = suite.run("-m", "comparison")
    result.assert_outcomes(passed=1, failed=1, deselected=6)
    result.stdout.fnmatch_lines(
        [
            (
                "behaviors/family/ladder.yaml:6: expected mean_length 2000, got no number for "
                "asked[[]pets[]], instruct: too much is asked"
            )
        ]
    )
    assert suite.lines()[2]["error"]["kind"] == "measure"


def test_a_role_that_the_family_lacks_is_a_skip(suite):
    """The reason is told and recorded, never a silent pass."""
    suite.write("f.yaml", "family: lonely\nbase: {checkpoint: x}\n")
    result = suite.run("-m", "comparison", "-rs", "--qwen-family=f.yaml")
    result.assert_outcomes(skipped=1, deselected=6)
    result.stdout.fnmatch_lines(["SKIPPED * the family lonely has no instruct role"])
    line = suite.lines()[1]
    assert (line["kind"], line["error"]["kind"]) == ("comparison", "skipped")


def test_mistakes_are_collection_errors(suite):
    """An unknown behavior is told with line and nearest name."""
    suite.write(
        "behaviors/family/ladder.yaml", LADDER.replace("behavior: asked", "behavior: aksed")
    )
    suite.run("behaviors/family").stdout.fnmatch_lines(
        [
            (
                "behaviors/family/ladder.yaml:5: expected the name of a behavior, got 'aksed': "
                "did you mean 'asked'[?]"
            )
        ]
    )


def test_snapshots_are_left_alone(suite):
    """An update with pruning keeps the snapshots of cases, and a comparison has none."""
    suite.write("behaviors/instruct/asked.yaml", ASKED + "snapshot: true\n")
    suite.run("--snapshot-update", "--qwen-prune-snapshots").assert_outcomes(passed=7)
    before = {p: p.read_bytes() for p in (suite.path / "snapshots").rglob("*.ambr")}
    assert [path.name for path in before] == ["asked.ambr"]
    suite.run("--snapshot-update", "--qwen-prune-snapshots").assert_outcomes(passed=7)
    assert {p: p.read_bytes() for p in (suite.path / "snapshots").rglob("*.ambr")} == before


def test_the_page_of_pytest_html_shows_roles_and_prompts(suite):
    """A comparison's row has both means and every prompt's scores, escaped."""
    suite.run("-m", "comparison", "--html=r.html", "--self-contained-html")
    page = (suite.path / "r.html").read_text(encoding="utf-8")
    assert "rate of finish" in page
    assert "asked[pets]" in page


def test_a_comparison_outside_a_folder_of_behaviors(suite):
    """A file named on the command line looks beside itself, not into the whole project."""
    suite.write("specs/ladder.yaml", LADDER)
    suite.write("specs/deeper/asked.yaml", ASKED)
    result = suite.run("specs/ladder.yaml", "--collect-only", "-q")
    result.stdout.fnmatch_lines(
        ["specs/ladder.yaml:5: expected the name of a behavior, got 'asked'"]
    )
    suite.write("specs/asked.yaml", ASKED)
    result = suite.run("specs/ladder.yaml", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["specs/ladder.yaml::ladder[[]rate-finish[]]"])


def test_names_are_looked_up_without_reading_the_suite(suite):
    """A hundred files beside it do not slow one comparison down: only files with the name are read."""
    for i in range(100):
        suite.write(f"behaviors/more/m{i}.yaml", f"behavior: m{i}\nprompts: [\n")
    suite.run("behaviors/family", "--collect-only", "-q").stdout.fnmatch_lines(["*rate-finish*"])
