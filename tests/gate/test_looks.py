"""Looks: blocks that are fixed beforehand, what a look may decide, and what it costs at the end."""

import json

import numpy as np
import pytest

from pytest_qwen.gate.compared.evidence import read_evidence
from pytest_qwen.gate.decision import decide
from pytest_qwen.gate.judging import judge, worst
from pytest_qwen.gate.looks import blocks
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.gate.statistics import PairedRate
from pytest_qwen.record.writing import RecordWriter
from tests.gate.build import header, items, lines_of, record

CLUSTERS = {f"b{i}/p{p}": f"b{i}" for i in range(60) for p in range(2)}


def node(name):
    behavior, _, prompt = name.partition("/")
    return f"behaviors/{behavior}.yaml::{behavior}[instruct-{prompt}]"


def test_blocks_are_whole_clusters_in_a_seeded_order():
    """The same cases in any order give the same blocks; another seed gives others."""
    cut = blocks(CLUSTERS, (0.25, 0.5, 0.75), "s")
    assert [len(block) for block in cut] == [30, 30, 30, 30]
    assert sorted(case for block in cut for case in block) == sorted(CLUSTERS)
    for block in cut:
        assert all(block.count(case) == 1 for case in block)
        behaviors = [CLUSTERS[case] for case in block]
        assert behaviors[::2] == behaviors[1::2]
    shuffled = dict(sorted(CLUSTERS.items(), reverse=True))
    again = blocks(shuffled, (0.25, 0.5, 0.75), "s")
    assert [set(block) for block in again] == [set(block) for block in cut]
    assert blocks(CLUSTERS, (0.25, 0.5, 0.75), "t") != cut
    assert cut[0] != list(CLUSTERS)[:30]


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_behaviors_fill_the_blocks_from_the_front(n):
    """No case is lost where there are fewer behaviors than blocks."""
    clusters = {f"c{i}": f"b{i}" for i in range(n)}
    cut = blocks(clusters, (0.25, 0.5, 0.75), "s")
    assert sorted(case for block in cut for case in block) == sorted(clusters)
    assert len(cut) == 4


@pytest.fixture
def gate(tmp_path):
    """Return the decision on a run that a look ended, or None; and what it has beyond the blocks."""

    def decision(before, after, look=1, policy=None, **more):
        beyond, of = more.get("beyond", ()), more.get("of")
        policy = policy or Policy()
        path = record(tmp_path / "a.jsonl", before)
        baseline = read_evidence(path)
        cut = blocks({name: name.split("/")[0] for name in before}, policy.looks, policy.hash)
        looks = {
            "policy": (of or policy).hash,
            "baseline": baseline.digest,
            "blocks": [[node(name) for name in block] for block in cut],
        }
        writer = RecordWriter(tmp_path / "b.jsonl", header(looks=looks))
        seen = [name for block in cut[: look or None] for name in block]
        for name in [*seen, *beyond]:
            writer.write(lines_of(name, after[name]))
        writer.close([node(name) for name in seen], 0, look)
        return decide(baseline, read_evidence(writer.path), policy)

    return decision


def test_a_run_that_a_look_ended_is_whole(gate):
    """Its blocks are all that is compared; without the looks, most of it were missing."""
    decision = gate(items(60, 1.0, 2, 4), items(60, 0.0, 2, 4))
    assert decision.outcome == Outcome.REGRESSED
    assert (decision.pairing.expected, decision.pairing.missing["candidate"].total()) == (120, 0)
    assert (
        decision.reasons[-1] == "interim look 1 ended the run as planned, after 15 of 60 behaviors"
    )
    assert decision.alarm == 0.001


def test_what_finished_beyond_the_blocks_is_not_seen(gate):
    """Under -n other cases were done by then: which ones depends on how long they took."""
    before, after = items(60), items(60, 0.0)
    beyond = [f"b{i}/p0" for i in range(60)]
    decision = gate(before, after, beyond=beyond)
    assert len(decision.pairing.cases) == 15


def test_a_look_takes_more_than_the_end_to_alarm(gate):
    """Six of fifteen lost: p = 1/64 is an alarm at .05, and at a look it is none."""
    before = items(60)
    first = blocks({name: name.split("/")[0] for name in before}, Policy().looks, Policy().hash)[0]
    after = before | {name: [False] for name in first[:6]}
    decision = gate(before, after)
    assert decision.judged[0].p_adjusted == pytest.approx(1 / 64)
    assert decision.outcome == Outcome.INCONCLUSIVE
    after = before | {name: [False] for name in first[:10]}
    assert gate(before, after).outcome == Outcome.REGRESSED


def test_no_look_passes(gate):
    """A quarter without a change proves nothing of later blocks, however large it is."""
    same = items(200, 1.0, 1, 4)
    policy = Policy(margin=0.3)
    decision = gate(same, same, policy=policy)
    assert decision.judged[0].estimate.lower > -0.3
    assert decision.outcome == Outcome.INCONCLUSIVE
    assert (
        decision.reasons[0]
        == "interim look 1 raised no alarm; interim looks never pass a candidate"
    )
    assert gate(same, same, look=None, policy=policy).outcome == Outcome.PASS


def test_the_end_has_what_the_looks_left(gate):
    """Five of 200 lost: p = .03125 is an alarm at .047; at three looks of five, .045 is left."""
    decision = gate(items(200), items(200), look=None)
    assert decision.alarm == pytest.approx(0.047)
    decision = gate(
        items(200), items(200), look=None, policy=Policy(looks=(0.2, 0.4, 0.6, 0.7, 0.8))
    )
    assert decision.alarm == pytest.approx(0.045)


def test_what_must_not_occur_ends_a_run_at_any_look(gate):
    """One NaN is one too many, at whatever level."""
    after = items(60) | {name: ["nan"] for name in items(60)}
    assert gate(items(60), after).outcome == Outcome.REGRESSED


def test_looks_belong_to_their_policy_and_baseline(gate, tmp_path):
    """Blocks of another policy, or a look against another record, end no run of this gate."""
    decision = gate(items(60), items(60, 0.0), of=Policy(margin=0.2))
    assert decision.outcome == Outcome.INVALID
    assert "the run was watched by policy" in decision.reasons[0]
    gate(items(60), items(60, 0.0))
    other = read_evidence(record(tmp_path / "c.jsonl", items(60), seed=1))
    decision = decide(other, read_evidence(tmp_path / "b.jsonl"), Policy())
    assert decision.outcome == Outcome.INVALID
    assert "the run was compared with another baseline than" in decision.reasons[0]


def test_a_whole_run_may_be_compared_with_another_baseline_too(gate, tmp_path):
    """No look was taken against an older anchor: all of α is there."""
    gate(items(60), items(60), look=None)
    anchor = read_evidence(record(tmp_path / "c.jsonl", items(60), run={"attempt": 7}))
    decision = decide(anchor, read_evidence(tmp_path / "b.jsonl"), Policy())
    assert (decision.outcome, decision.alarm) == (Outcome.PASS, 0.05)


def test_a_run_that_a_look_ended_is_no_baseline(gate, tmp_path):
    """Only a part of the suite is in it."""
    gate(items(60), items(60))
    cut = read_evidence(tmp_path / "b.jsonl")
    decision = decide(cut, read_evidence(tmp_path / "a.jsonl"), Policy())
    assert decision.outcome == Outcome.INVALID
    assert "an interim look ended the baseline's run: record a whole run" in decision.reasons[0]


@pytest.mark.parametrize(
    "looks", [None, [], {"blocks": 1}, {"blocks": [1]}, {"blocks": [[{}]]}, {"blocks": [["x"]]}]
)
def test_a_header_with_other_looks_is_refused(tmp_path, looks):
    """A record is untrusted: whatever its header says of looks is no traceback."""
    record(tmp_path / "a.jsonl", items(60))
    path = record(tmp_path / "b.jsonl", items(60), run={"looks": looks})
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[-1] = json.dumps({**json.loads(lines[-1]), "look": 1})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    decision = decide(read_evidence(tmp_path / "a.jsonl"), read_evidence(path), Policy())
    assert decision.outcome == Outcome.INVALID


def test_all_looks_together_keep_the_level():
    """Of 400 simulated pairs without a change, some look or the end alarms in 5 % at most.

    The bound allows for chance: 32 of 400 or more have probability .5 % at a true 5 %.
    """
    rng, policy, alarms, early = np.random.default_rng(5), Policy(), 0, 0
    for _ in range(400):
        rates = rng.beta(8, 2, 60)
        pairs = [
            PairedRate(str(c), rng.binomial(4, r) / 4, rng.binomial(4, r) / 4)
            for c, r in enumerate(rates)
            for _ in range(2)
        ]
        at_looks = [judge({"suite": pairs[:n]}, policy, policy.look_level)[0] for n in (30, 60, 90)]
        stopped = any(rate.outcome == Outcome.REGRESSED for rate in at_looks)
        end = worst(judge({"suite": pairs}, policy, policy.last_level))
        early += stopped
        alarms += stopped or end in (Outcome.REGRESSED, Outcome.MINOR)
    assert early <= 4
    assert alarms < 32
