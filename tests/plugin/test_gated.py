"""`--qwen-gate-against` and `--qwen-seed-offset`: runs that are compared, on the tiny family."""

import json

import pytest

from pytest_qwen.record.reading import read_record
from tests.cli.test_main import typed
from tests.conftest import TINY

SAID = ["你好！", "您好！", "早上好！", "晚上好！", "Hello!", "Hi there!"]

SUITE = "---\n".join(
    f"""\
behavior: greeting_{i}
prompts: [{{id: zh, text: {SAID[i % len(SAID)]}}}]
sampling: {{temperature: 0.7, top_k: 20, top_p: 0.8, max_new_tokens: 32}}
seed: {i}
expect:
  instruct: [{{finish: stop}}]
"""
    for i in range(44)
)
BASE = f"--qwen-model=instruct={TINY / 'base'}"
AGAINST = "--qwen-gate-against=a.jsonl"


_BASELINE = []


@pytest.fixture
def gated(project):
    """A suite of 44 behaviors with its baseline, and an ordinary test beside it."""
    project.write("behaviors/greetings.yaml", SUITE)
    project.write("behaviors/test_other.py", "def test_other():\n    assert True\n")
    path = project.path / "a.jsonl"
    if _BASELINE:  # one of the tests before has recorded it
        path.write_bytes(_BASELINE[0])
        return project
    result = project.run("--qwen-record-only", "--qwen-record=a.jsonl", "behaviors/greetings.yaml")
    result.assert_outcomes(passed=44)
    _BASELINE.append(path.read_bytes())
    return project


def record_of(project):
    lines = project.lines()
    return lines[0], [line for line in lines if line["kind"] == "sample"], lines[-1]


def test_a_look_ends_a_run_that_regresses(gated):
    """After a quarter of the behaviors; the record and `pytest-qwen gate` say the same."""
    result = gated.run(AGAINST, BASE)
    assert result.ret == 20
    result.assert_outcomes(passed=12)  # 11 of 44 behaviors, and the test that is no case
    result.stdout.fnmatch_lines(
        [
            "*- gate -*",
            "REGRESSED: .qwen/record.jsonl may not replace a.jsonl",
            "  suite: changed by -100.0 points, at worst -100.0: significantly worse (p = 0.00049), *",
            "  interim look 1 ended the run as planned, after 11 of 44 behaviors",
            "!!* Interrupted: look 1 of 4: REGRESSED !!*",
        ]
    )
    run, samples, end = record_of(gated)
    assert [len(block) for block in run["looks"]["blocks"]] == [11] * 4
    assert [line["case"] for line in samples] == run["looks"]["blocks"][0] == end["expected"]
    assert (end["look"], end["status"]) == (1, 0)
    status, out, err = typed(gated.path, "pytest-qwen gate a.jsonl .qwen/record.jsonl")
    assert (status, err) == (20, "")
    assert "interim look 1 ended the run as planned" in out
    approve = "pytest-qwen approve .qwen/record.jsonl --as b.jsonl --by me --why x"
    status, _, err = typed(gated.path, approve, CI="")
    assert status == 2
    assert "expected a complete record, got a run that a look ended" in err


def test_a_run_without_an_alarm_is_whole(gated):
    """All four blocks ran, in their order, and the exit status is that of the gate: PASS."""
    result = gated.run(AGAINST)
    assert result.ret == 0
    result.assert_outcomes(passed=45)
    result.stdout.fnmatch_lines(["PASS: .qwen/record.jsonl may replace a.jsonl"])
    run, samples, end = record_of(gated)
    assert [s["case"] for s in samples] == [c for block in run["looks"]["blocks"] for c in block]
    assert "look" not in end
    assert typed(gated.path, "pytest-qwen gate a.jsonl .qwen/record.jsonl")[0] == 0


def test_workers_do_not_change_what_a_look_sees(gated):
    """With two workers the controller looks: the same blocks, cases and verdict."""
    gated.run(AGAINST, BASE)
    alone = record_of(gated)
    result = gated.run(AGAINST, BASE, "-n", "2")
    assert result.ret == 20
    result.stdout.fnmatch_lines(
        [
            "  interim look 1 ended the run as planned, after 11 of 44 behaviors",
            "!!* xdist.dsession.Interrupted: look 1 of 4: REGRESSED !!*",
        ]
    )
    run, samples, end = record_of(gated)
    assert run["looks"] == alone[0]["looks"]
    assert end["expected"] == alone[2]["expected"]
    assert {line["case"] for line in samples} >= set(end["expected"])
    verdicts = [typed(gated.path, "pytest-qwen gate a.jsonl .qwen/record.jsonl --out g.json")[0]]
    found = json.loads((gated.path / "g.json").read_text(encoding="utf-8"))
    assert (verdicts, found["look"], found["gated"][0]["items"]) == ([20], 1, 11)
    assert gated.run(AGAINST, "-n", "2").ret == 0


def test_the_policy_says_when_to_look(gated):
    """One look, after half of the behaviors."""
    gated.write("p.yaml", "looks: [0.5]\n")
    result = gated.run(AGAINST, "--qwen-gate-policy=p.yaml", BASE)
    assert result.ret == 20
    result.stdout.fnmatch_lines(
        ["  interim look 1 ended the run as planned, after 22 of 44 behaviors"]
    )
    gated.write("p.yaml", "looks: []\n")
    result = gated.run(AGAINST, "--qwen-gate-policy=p.yaml", BASE)
    result.assert_outcomes(passed=45)
    assert result.ret == 20


def test_what_is_no_miss_still_fails(gated):
    """A test that fails by itself gives pytest's status 1, whatever the gate says."""
    gated.write("behaviors/test_other.py", "def test_other():\n    assert False\n")
    result = gated.run(AGAINST)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["PASS: *"])
    assert gated.run(AGAINST, BASE).ret == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--qwen-gate-against=none.jsonl"], "none.jsonl: expected a record, got No such file*"),
        (
            [AGAINST, "--qwen-record=a.jsonl"],
            "*--qwen-gate-against: the run would record over a.jsonl: name another place with *",
        ),
        (
            [AGAINST, "-k", "greeting_7"],
            "*baseline, got 1, this run lacks behaviors/greetings.yaml::greeting_0?instruct-zh?: *",
        ),
        (
            [AGAINST, "-n", "1", "-k", "greeting_7"],
            "*: expected the 44 cases of the baseline, got 1, this run lacks *",
        ),
        ([AGAINST, "--qwen-gate-policy=p.yaml"], "*p.yaml:1: expected a known key, got 'look'*"),
        (
            [AGAINST, "--qwen-gate-policy=q.yaml"],
            "*policy: no record has 'finnish', named under traits: did you mean *",
        ),
        (["--qwen-seed-offset=-1"], "*expected a whole number, more than 0, got '-1'"),
    ],
)
def test_what_cannot_be_compared_is_refused(gated, options, told):
    """In a line that says what to do; the baseline stays as it is."""
    gated.write("p.yaml", "look: [0.5]\n")
    gated.write("q.yaml", "traits: [finnish]\n")
    before = (gated.path / "a.jsonl").read_bytes()
    result = gated.run(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (result.stdout if "-k" in options else result.stderr).fnmatch_lines([f"*{told}"])
    assert (gated.path / "a.jsonl").read_bytes() == before


def test_a_run_that_was_cut_off_is_no_baseline(gated):
    """Half of a suite cannot be what another run is held against."""
    path = gated.path / "a.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    result = gated.run(AGAINST)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*expected a whole baseline, got a run that did not come to*"])


def test_an_offset_draws_fresh_samples(gated):
    """Every seed is another, so are texts; both rounds are pooled by `pytest-qwen gate --more`."""
    fresh = ["--qwen-record-only", "--qwen-seed-offset=1000", "behaviors/greetings.yaml"]
    gated.run("--qwen-record=a2.jsonl", *fresh).assert_outcomes(passed=44)
    first, second = (list(read_record(gated.path / name)) for name in ("a.jsonl", "a2.jsonl"))
    assert second[0]["options"]["seed_offset"] == 1000
    assert first[0]["suite_hash"] == second[0]["suite_hash"]
    assert [line["seed"] + 1000 for line in first[1:-1]] == [line["seed"] for line in second[1:-1]]
    assert {line["reply"]["seed"] for line in second[1:-1]} == set(range(1000, 1044))
    texts = [[line["reply"]["text"] for line in lines[1:-1]] for lines in (first, second)]
    assert texts[0] != texts[1]
    gated.write("p.yaml", "attempts: 2\nmargin: 0.07\n")
    gate = "pytest-qwen gate a.jsonl a.jsonl --policy p.yaml"
    status, out, _ = typed(gated.path, f"{gate} --more a.jsonl a.jsonl")
    assert status == 22
    assert "expected fresh seeds" in out or "INCONCLUSIVE gate" in out


def test_an_offset_leaves_snapshots_out(project):
    """Other samples are not what a snapshot holds."""
    project.behavior("{instruct: [{finish: stop}]}", snapshot="true")
    project.run("--snapshot-update").assert_outcomes(passed=1)
    project.run().assert_outcomes(passed=1)
    result = project.run("--qwen-seed-offset=5")
    result.assert_outcomes(passed=1)
    assert project.lines()[1]["seed"] == 5
