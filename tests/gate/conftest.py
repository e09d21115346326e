"""What tests of the gate share."""

import pytest

from pytest_qwen.gate.compared.evidence import read_evidence
from pytest_qwen.gate.decision import decide
from pytest_qwen.gate.policy import Policy
from tests.gate.build import record


@pytest.fixture
def gate(tmp_path):
    """Return the decision on two sets of samples; `fields` are the candidate's."""

    def decision(before, after, policy=None, **fields):
        a = read_evidence(record(tmp_path / "a.jsonl", before))
        b = read_evidence(record(tmp_path / "b.jsonl", after, **fields))
        return decide(a, b, policy or Policy())

    return decision
