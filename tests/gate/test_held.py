"""Prompts held against each other: one outcome a case, which is no sample and is not left out."""

import json

import pytest

from pytest_qwen.gate.compared.evidence import read_evidence
from pytest_qwen.gate.compared.pairing import pair
from pytest_qwen.gate.decision import decide
from pytest_qwen.gate.judging import rates
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from tests.cli.test_main import typed
from tests.gate.build import items, record

SUITE = items(80, k=4)
HELD = dict.fromkeys(SUITE, True)
BROKEN = HELD | {"b0/p0": False}


DO = "name a file that --qwen-record wrote"


@pytest.fixture
def sides(tmp_path):
    """Return the records of two runs whose samples all pass, by what their cases keep."""

    def sides(before=HELD, after=HELD, **fields):
        a = record(tmp_path / "a.jsonl", SUITE, held=before)
        return read_evidence(a), read_evidence(
            record(tmp_path / "b.jsonl", SUITE, held=after, **fields)
        )

    return sides


def test_a_relation_breaks_while_every_sample_passes(sides):
    """By samples alone nothing changed, and the candidate passes; here half of the cases flip."""
    after = {name: i % 2 == 0 for i, name in enumerate(HELD)}
    a, b = sides(after=after)
    assert rates(pair(a, b, Policy()).cases, ["asks_back"])["asks_back"][1][1:] == (1, 1)
    decision = decide(a, b, Policy())
    assert decision.outcome == Outcome.REGRESSED
    assert decision.judged[0].estimate.change == -0.5
    assert [case.case for case, _ in decision.lost] == [
        f"behaviors/b{i}.yaml::b{i}[instruct-p0]" for i in range(1, 80, 2)
    ]


def test_no_sample_counts_twice(sides):
    """An item stays an item of its behavior: its rate is 0 where it does not keep the relation."""
    a, b = sides(after=BROKEN)
    rated = rates(pair(a, b, Policy()).cases, ["suite", "asks_back", "more_than"])
    assert [len(pairs) for pairs in rated.values()] == [80, 80, 80]
    assert [pairs[0][1:] for pairs in rated.values()] == [(1, 0), (1, 1), (1, 0)]
    assert {pair[1:] for pairs in rated.values() for pair in pairs[1:]} == {(1, 1)}


def test_one_of_eighty_is_told_and_passes(sides):
    """As one flip of a sample does; what was held to stands among the advice."""
    decision = decide(*sides(after=BROKEN), Policy())
    assert decision.outcome == Outcome.PASS
    assert len(decision.lost) == 1
    assert {row.name for row in decision.advisory} == {"asks_back", "more_than"}


def test_a_critical_behavior_must_keep_it(sides):
    """Whatever the averages say; one that did not hold before is no loss, nor is a gain."""
    policy = Policy(critical=("b0",))
    decision = decide(*sides(after=BROKEN), policy)
    assert decision.outcome == Outcome.REGRESSED
    assert decision.reasons[0] == (
        "b0[instruct-p0] is critical, met more_than before and does not any more"
    )
    assert decide(*sides(BROKEN, BROKEN), policy).outcome == Outcome.PASS
    assert decide(*sides(BROKEN, HELD), policy).outcome == Outcome.PASS
    assert decide(*sides(after=BROKEN), Policy(critical=("b1",))).outcome == Outcome.PASS


def test_a_policy_may_name_it(sides):
    """Gated by name, or as what must not occur: once a case, and no bound counts samples for it."""
    decision = decide(*sides(after=BROKEN), Policy(traits=("more_than",)))
    assert [rate.name for rate in decision.judged] == ["suite", "more_than"]
    decision = decide(*sides(after=BROKEN), Policy(hard=("more_than",)))
    assert decision.reasons[0] == "more_than is forbidden and occurred 1 time"
    decision = decide(*sides(), Policy(hard=("more_than", "nan")))
    assert decision.reasons[-1] == "no nan in 320 samples: the rate is below 0.93 %"


def test_what_the_candidate_did_not_judge_is_missing(sides):
    """As samples are: it counts as lost, then as kept, and nothing hangs on it unseen."""
    decision = decide(*sides(after=HELD | {"b0/p0": None}), Policy())
    assert decision.outcome == Outcome.PASS
    problem = "1 relation between prompts is not judged in the candidate; the verdict is the same"
    assert decision.reasons[0].startswith(problem)
    decision = decide(*sides(after={}), Policy())
    assert decision.outcome == Outcome.INCONCLUSIVE
    assert decision.reasons[0] == (
        "80 relations between prompts are not judged in the candidate: REGRESSED if they failed, "
        "PASS if they passed"
    )
    assert decision.lost == []


def test_an_older_baseline_has_none(sides, tmp_path):
    """A record of schema 1 is compared by its samples, and a note says what is left out."""
    _, b = sides(after=BROKEN)
    path = record(tmp_path / "old.jsonl", SUITE)
    path.write_text(path.read_text("utf-8").replace('"schema": 2', '"schema": 1', 1), "utf-8")
    decision = decide(read_evidence(path), b, Policy(critical=("b0",)))
    assert decision.outcome == Outcome.PASS
    (note,) = decision.pairing.notes
    assert note == (
        "80 relations between prompts are left out because the baseline has none: record it again "
        "(more_than of behaviors/b0.yaml::b0[instruct-p0])"
    )
    named = decide(read_evidence(path), b, Policy(traits=("more_than",)))
    assert named.outcome == Outcome.INVALID


def changed(path, old, new):
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return read_evidence(path)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"prompt": "p"',
            '"prompt": "q"',
            "the relation between prompts differs between the records in 80 cases, such as ",
        ),
        (
            '"v0"',
            '"v1"',
            "the versions of traits differ between the records (more_than v0 and v1) in 80 cases, ",
        ),
    ],
)
def test_another_relation_cannot_be_compared(sides, tmp_path, old, new, problem):
    """Another prompt, or a measure whose code changed."""
    a, _ = sides()
    decision = decide(a, changed(tmp_path / "b.jsonl", old, new), Policy())
    assert decision.outcome == Outcome.INVALID
    assert decision.reasons[0].startswith(problem)


def test_rounds_are_pooled(sides, tmp_path):
    """Of two rounds a case keeps half, where it lost the relation in one of them."""
    policy = Policy(attempts=2, margin=0.02)
    first = sides(after=BROKEN)
    more = [read_evidence(record(tmp_path / name, SUITE, held=HELD, seed=9)) for name in ("c", "d")]
    decision = decide(*first, policy, [more])
    assert decision.judged[0].estimate.change == pytest.approx(-0.5 / 80)
    assert len(decision.lost) == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"case": "x"}, "a verdict on a case that has no samples before it"),
        ({"passed": "yes"}, "expected true or false as passed, got 'yes': " + DO),
        ({"trait": 5}, "expected text as trait, got '5': " + DO),
    ],
)
def test_a_line_that_says_something_else_is_invalid(sides, tmp_path, line, problem):
    """A record from elsewhere may hold anything."""
    a, _ = sides()
    path = tmp_path / "b.jsonl"
    with path.open("a", encoding="utf-8") as file:
        case = {"kind": "case", "case": "behaviors/b0.yaml::b0[instruct-p0]", "trait": "same_as"}
        file.write(json.dumps(case | line) + "\n")
    decision = decide(a, read_evidence(path), Policy())
    assert (decision.outcome, decision.reasons) == (Outcome.INVALID, [f"{path}:403: {problem}"])


def test_snapshots_are_left_out(sides, tmp_path):
    """Another model says something else; that is no loss."""
    sides(after=BROKEN)
    a, b = (changed(tmp_path / f"{name}.jsonl", "more_than", "snapshot") for name in "ab")
    decision = decide(a, b, Policy(critical=("b0",)))
    assert (decision.outcome, decision.lost, decision.pairing.notes) == (Outcome.PASS, [], [])
    assert decision.judged[0].estimate.change == 0


def test_the_gate_says_which(sides, tmp_path):
    """The terminal has the message's first line, the summary all of it behind a fence."""
    sides(after=BROKEN)
    command = "pytest-qwen gate a.jsonl b.jsonl --out gate.json --summary s.md --junit j.xml"
    status, out, err = typed(tmp_path, command)
    assert (status, err) == (0, "")
    node = "behaviors/b0.yaml::b0[instruct-p0]"
    assert (
        "\nrelations between prompts that were met before and are not any more (1 of 1):\n"
        f"  {node}\n    x.yaml:4: expected more, got less in {node}\n\n"
    ) in out
    assert "  more_than: 100.0 % to 98.8 %, -1.2 points\n" in out
    decision = json.loads((tmp_path / "gate.json").read_text("utf-8"))
    assert (decision["lost_total"], decision["lost"][0]["name"]) == (1, "more_than")
    summary = (tmp_path / "s.md").read_text("utf-8")
    assert (
        "Relations between prompts that were met before and are not any more \\(1 of 1\\)\\:"
        in summary
    )
    assert f"```text\nx.yaml:4: expected more, got less in {node}\n    p: `` 说\n```" in summary
