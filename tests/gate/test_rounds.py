"""Top-ups: later rounds with fresh seeds, pooled with the first, and how often they may be drawn."""

import json

import pytest

from tests.cli.test_main import typed
from tests.gate.build import items, record

POLICY = "attempts: 2\n"


def gate(folder, more="--more a2.jsonl b2.jsonl"):
    (folder / "p.yaml").write_text(POLICY)
    command = f"pytest-qwen gate a.jsonl b.jsonl {more} --policy p.yaml --out gate.json"
    status, out, err = typed(folder, command)
    assert err == ""
    return status, out, json.loads((folder / "gate.json").read_text(encoding="utf-8"))


@pytest.fixture
def unsure(tmp_path):
    """A first round that decides nothing: 40 behaviors, of which five lost and four gained."""
    before = items(40, 0.6)
    after = before | {f"b{i}/p0": [i >= 24] for i in (*range(5), *range(24, 28))}
    record(tmp_path / "a.jsonl", before)
    record(tmp_path / "b.jsonl", after)
    status, out, data = gate(tmp_path, more="")
    assert (status, data["verdict"], data["attempt"]) == (21, "INCONCLUSIVE", 1)
    assert "draw fresh samples: record both sides with another --qwen-seed-offset" in out
    return tmp_path


def test_fresh_samples_are_pooled(unsure):
    """Both rounds count, the attempt is counted, and the artifact names all four records."""
    record(unsure / "a2.jsonl", items(40, 0.6, k=8), seed=100)
    record(unsure / "b2.jsonl", items(40, 0.6, k=8), seed=100)
    status, out, data = gate(unsure)
    assert (status, data["verdict"], data["attempt"]) == (0, "PASS", 2)
    assert "behaviors: 40, prompts: 40, samples of the candidate: 360 of 360" in out
    assert [pair["candidate"]["path"] for pair in data["more"]] == ["b2.jsonl"]
    assert data["alarm"] == 0.025
    flip = next(flip for flip in data["flips"] if "b0/" in flip["case"] or "b0[" in flip["case"])
    assert (flip["samples"], flip["passed_before"], flip["passed_after"]) == (9, 9, 8)
    assert gate(unsure)[0] == 0  # the same once more is no new attempt


def test_texts_come_from_the_round_of_the_sample(unsure):
    """A flip of the second round shows what was said there."""
    record(unsure / "a2.jsonl", items(40, 0.6, k=8), seed=100)
    record(unsure / "b2.jsonl", items(40, 0.3, k=8), seed=100, text="second round")
    _, out, data = gate(unsure)
    assert data["verdict"] == "REGRESSED"
    texts = [sample["after"]["text"] for case in data["flips"] for sample in case["said"]]
    assert "second round" in texts
    assert "second round" in out


def test_the_same_seeds_are_no_fresh_samples(unsure):
    """The first round counted twice would halve its interval and prove nothing."""
    status, out, _ = gate(unsure, more="--more a.jsonl b.jsonl")
    assert status == 22
    assert (
        "a.jsonl: behaviors/b0.yaml::b0[instruct-p0] has the seed of an earlier round: "
        "record both sides with another --qwen-seed-offset"
    ) in out


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"prompt": "另一个"}, "a2.jsonl: the prompt of behaviors/b"),
        ({"sampling": {"top_k": 3}}, "a2.jsonl: sampling of behaviors/b"),
        (
            {"run": {"checkpoints": {"instruct": {"fingerprint": "f9", "template": "t0"}}}},
            "a2.jsonl: the checkpoints are not those of a.jsonl",
        ),
    ],
)
def test_rounds_ask_the_same_of_the_same_models(unsure, change, problem):
    """Seeds alone differ between rounds."""
    for name in ("a2.jsonl", "b2.jsonl"):
        record(unsure / name, items(40, 0.6), **{"seed": 100, **change})
    status, out, _ = gate(unsure)
    assert status == 22
    assert problem in out


@pytest.mark.parametrize(
    ("cases", "got"),
    [
        ({f"b{i}/p0": [True] for i in range(5)}, "35 fewer and 0 more"),
        (items(41, 1.0), "0 fewer and 1 more"),
    ],
)
def test_a_round_draws_all_cases_again(unsure, cases, got):
    """Only those that lost, drawn again, pass a drop of ten points in one of three times."""
    record(unsure / "a2.jsonl", cases, seed=100)
    record(unsure / "b2.jsonl", cases, seed=100)
    status, out, _ = gate(unsure)
    assert status == 22
    assert f"a2.jsonl: the cases are not those of a.jsonl, {got} (behaviors/b" in out
    assert "record both sides of all cases again" in out


def test_the_first_verdict_outlives_a_refusal(unsure):
    """What was refused in between decided nothing: the first records are the first attempt still."""
    for side in "ab":
        record(unsure / f"{side}2.jsonl", items(40, 0.6), seed=100)
        record(unsure / f"{side}3.jsonl", items(40, 0.6), seed=200)
    refused = gate(unsure, "--more a2.jsonl b2.jsonl --more a3.jsonl b3.jsonl")
    assert (refused[0], refused[2]["earlier"][0]["verdict"]) == (22, "INCONCLUSIVE")
    status, _, data = gate(unsure, more="")
    assert (status, data["verdict"], data["attempt"]) == (21, "INCONCLUSIVE", 1)


def test_another_policy_is_told_what_the_first_said(tmp_path):
    """The same records are the same attempt, but nobody shall think that it was the first look."""
    record(tmp_path / "a.jsonl", items(40))
    record(tmp_path / "b.jsonl", items(40, 0.8))
    _, _, first = gate(tmp_path, more="")
    assert first["verdict"] == "REGRESSED"
    (tmp_path / "wide.yaml").write_text("margin: 0.9\n")
    command = "pytest-qwen gate a.jsonl b.jsonl --policy wide.yaml --out gate.json"
    _, out, _ = typed(tmp_path, command)
    assert out.startswith("MINOR")
    assert f"note: policy {first['policy']['hash']} gave REGRESSED for the same records" in out


def test_an_answer_takes_no_further_round(tmp_path):
    """What is REGRESSED stays so: samples drawn until it passes are refused, with and without --out."""
    record(tmp_path / "a.jsonl", items(40))
    record(tmp_path / "b.jsonl", items(40, 0.5))
    record(tmp_path / "a2.jsonl", items(40, k=50), seed=100)
    record(tmp_path / "b2.jsonl", items(40, k=50), seed=100)
    status, out, _ = gate(tmp_path)
    assert status == 22
    assert (
        "b2.jsonl: the gate is REGRESSED without these samples; only an INCONCLUSIVE gate takes more"
    ) in out


def test_more_rounds_than_the_policy_has_are_refused(unsure):
    """Two attempts share α; a third would be one too many."""
    for side in "ab":
        record(unsure / f"{side}2.jsonl", items(40, 0.6), seed=100)
        record(unsure / f"{side}3.jsonl", items(40, 0.6), seed=200)
    status, _, data = gate(unsure, "--more a2.jsonl b2.jsonl --more a3.jsonl b3.jsonl")
    assert (status, data["verdict"], data["attempt"]) == (22, "INVALID", 3)
