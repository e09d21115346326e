"""The known faults of such gates: for each, what a naive rule says and what this one does."""

import numpy as np
import pytest
from scipy import stats

from pytest_qwen.gate.compared.evidence import read_evidence
from pytest_qwen.gate.decision import decide
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.record.reading import read_lines
from pytest_qwen.record.schema import SampleLine
from pytest_qwen.record.writing import RecordWriter
from tests.gate.build import header, items, lines_of, record


def test_ten_items_without_a_flip_prove_little(gate):
    """A bare interval has no width and passes; a drop of ten points is far from ruled out."""
    d = np.zeros(10)
    naive = stats.t.ppf(0.95, 9) * d.std(ddof=1) / np.sqrt(10)
    assert d.mean() - naive > -0.1
    decision = gate(items(10), items(10))
    assert decision.outcome == Outcome.INCONCLUSIVE
    assert decision.judged[0].estimate.lower < -0.1
    assert gate(items(80), items(80)).outcome == Outcome.PASS


def test_nothing_gated_is_no_go(gate):
    """A rule over all gated traits holds of none; here a name without samples is INVALID."""
    assert all([]), "the naive rule"
    decision = gate(items(60), items(60), Policy(traits=("asks_bakc",)))
    assert decision.outcome == Outcome.INVALID
    problem = "policy: no record has 'asks_bakc', named under traits: did you mean 'asks_back'?"
    assert decision.reasons == [problem]
    nothing = {name: ["skipped"] for name in items(60)}
    assert gate(nothing, nothing).outcome == Outcome.INVALID


@pytest.mark.parametrize("lost", ["crash", "timeout", "oom", None])
def test_items_that_crashed_stay_in_the_pairing(gate, lost):
    """Over the items that both have nothing changed; a fifth is missing, so nothing passes."""
    before, after = items(60, k=2), items(60, k=2)
    for i in range(12):
        after[f"b{i}/p0"] = [lost, lost]
    both = [name for name in after if lost not in after[name]]
    naive = np.mean([sum(after[n]) - sum(before[n]) for n in both])
    assert naive == 0
    decision = gate(before, after)
    assert decision.outcome == Outcome.INCONCLUSIVE
    kind = lost or "not run"
    problem = (
        f"24 of 120 samples of the candidate are missing (24 {kind}): REGRESSED if they failed, "
    )
    assert decision.reasons[0] == problem + "PASS if they passed"


def test_a_crash_that_decides_nothing_is_told(gate):
    """One missing sample of many changes no verdict; it is listed all the same."""
    after = items(80, k=4)
    after["b0/p0"] = [True, True, True, "timeout"]
    decision = gate(items(80, k=4), after)
    assert decision.outcome == Outcome.PASS
    assert (
        "1 of 320 samples of the candidate is missing (1 timeout); the verdict is the same"
        in (decision.reasons[0])
    )


def test_pairs_go_by_prompt_not_by_place(gate):
    """The same cases in another order are the same cases; by place half of them would flip."""
    before = items(60, 0.5)
    after = dict(reversed(before.items()))
    by_place = [a != b for a, b in zip(before.values(), after.values(), strict=True)]
    assert all(by_place)
    decision = gate(before, after)
    assert decision.outcome == Outcome.PASS
    assert decision.changed == []


def test_one_id_with_another_prompt_is_not_paired(tmp_path):
    """Ids by number, and a prompt moved: by id nothing changed, but the prompts are others."""
    sides = []
    for name, prompts in (("a", ["猫", "狗"]), ("b", ["狗", "猫"])):
        path = record(tmp_path / f"{name}.jsonl", items(60))
        sides.append(path)
        lines = [lines_of(f"c{i}/p", [True], prompt=prompt) for i, prompt in enumerate(prompts)]
        whole = [line for _, _, line in read_lines(path) if isinstance(line, SampleLine)]
        writer = RecordWriter(path, header())
        writer.write([*whole, *lines[0], *lines[1]])
        writer.close([], 0)
    decision = decide(*map(read_evidence, sides), Policy())
    assert decision.outcome == Outcome.INVALID
    problem = "behaviors/c0.yaml::c0[instruct-p]"
    assert decision.reasons == [
        f"the prompt differs between the records in 2 cases, such as {problem}"
    ]


def test_several_traits_are_corrected(gate):
    """One of five traits with p = .03 is what chance brings: no alarm after Holm."""
    names = ("asks_back", "finish", "json", "sentences", "thinking")
    before = {n: [dict.fromkeys(names, True)] for n in items(60)}
    after = {n: [dict.fromkeys(names, True)] for n in items(60)}
    for i in range(5):
        after[f"b{i}/p0"][0]["finish"] = False
    decision = gate(before, after, Policy(traits=names, margin=0.05))
    finish = next(rate for rate in decision.judged if rate.name == "finish")
    assert finish.estimate.p == 1 / 32  # the naive rule fails here
    assert finish.estimate.lower <= -0.05
    assert finish.p_adjusted > 0.05
    assert decision.outcome == Outcome.INCONCLUSIVE
