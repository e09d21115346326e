"""The gate on real runs of the tiny family: against itself, and against a model of another role."""

import json

from tests.cli.test_main import typed
from tests.conftest import TINY

SUITE = "".join(
    f"""\
behavior: greeting_{i}
prompts: [{{id: zh, text: {text}}}]
sampling: {{temperature: 0.7, top_k: 20, top_p: 0.8, max_new_tokens: 64}}
seed: {i}
expect:
  instruct: [{{finish: stop}}]
---
"""
    for i, text in enumerate(
        ["你好！", "您好！", "早上好！", "晚上好！", "Hello!", "Hi there!"] * 2
    )
)


def test_a_model_against_itself_and_against_a_base_model(project):
    """A/A finds no flip and, of twelve behaviors, proves nothing; a Base model is regressed."""
    project.write("behaviors/greetings.yaml", SUITE)
    project.run("--qwen-record-only", "--qwen-record=a.jsonl").assert_outcomes(passed=12)
    project.run("--qwen-record-only", "--qwen-record=again.jsonl", "-n", "2")
    base = f"--qwen-model=instruct={TINY / 'base'}"
    project.run("--qwen-record-only", "--qwen-record=b.jsonl", base).assert_outcomes(passed=12)

    status, out, err = typed(project.path, "pytest-qwen gate a.jsonl again.jsonl")
    assert (status, err) == (21, "")
    assert "suite: changed by +0.0 points" in out
    assert "changed cases (" not in out

    status, out, err = typed(project.path, "pytest-qwen gate a.jsonl b.jsonl --out gate.json")
    assert (status, err) == (20, "")
    assert out.startswith("REGRESSED: b.jsonl may not replace a.jsonl\n")
    assert "from all passing to all failing: greeting_0[instruct]" in out
    data = json.loads((project.path / "gate.json").read_text(encoding="utf-8"))
    prints = [
        data[side]["checkpoints"]["instruct"]["fingerprint"] for side in ("baseline", "candidate")
    ]
    assert prints[0] != prints[1]
    assert data["baseline"]["suite_hash"] == data["candidate"]["suite_hash"]
    assert data["gated"][0]["test"] == "mcnemar"
    assert data["flips"][0]["said"][0]["after"]["text"]
