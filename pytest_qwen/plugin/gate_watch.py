"""A run that the gate watches: its cases in blocks, looks at the record after them, a verdict.

Where tests run, cases are put in order; where the record is written, looks are taken. Under `-n`
these are the workers and the controller: what a look sees is fixed beforehand, so it does not
matter which worker was faster. Workers still finish the cases that they hold; no look sees them.
"""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qwen.gate.inputs import evidence, read_policy
from pytest_qwen.messages.error import CommandError
from pytest_qwen.plugin.run.record_header import record_path
from pytest_qwen.plugin.run.run_state import PLAN, Run
from pytest_qwen.record.node_id import NodeId

if TYPE_CHECKING:
    from pytest_qwen.gate.compared.evidence import Evidence
    from pytest_qwen.gate.policy import Policy
    from pytest_qwen.record.writing import RecordWriter


class Watch:
    """Looks at the record of a run as its blocks become complete.

    Args:
        baseline: what the run is compared with, whole.
        policy: when looks are taken and what they decide.
        folder: where pytest was called: paths are shown from there.
    """

    def __init__(self, baseline: Evidence, policy: Policy, folder: Path) -> None:
        self.baseline, self.policy, self.folder = baseline, policy, folder
        self.blocks: list[list[str]] = []
        self.looks = 0
        self.stopped = False

    @property
    def plan(self) -> dict[str, Any]:
        """What the processes that run tests have to know, as plain data."""
        return {"looks": list(self.policy.looks), "seed": self.policy.hash}

    def begin(self, suite: dict[str, Any]) -> None:
        """Take the blocks of the suite, and add to what the record's header says of the looks.

        Raises:
            CommandError: the suite is not that of the baseline.
        """
        self.blocks = suite["looks"]["blocks"]
        suite["looks"] = {
            "policy": self.policy.hash,
            "baseline": self.baseline.digest,
            "blocks": self.blocks,
        }
        selected = {case for block in self.blocks for case in block}
        known = {*self.baseline.cases, *(self.baseline.expected or ())} - self.baseline.others
        if odd := sorted(selected ^ known):
            where = "this run" if odd[0] in known else "the baseline"
            raise CommandError(
                f"--qwen-gate-against: expected the {len(known)} cases of the baseline, got "
                f"{len(selected)}, {where} lacks {odd[0]}: select what the baseline has, or record "
                "it anew"
            )

    def look(self, record: RecordWriter) -> str:
        """Look if another block is complete; return why the run ends, or "" where it goes on."""
        from pytest_qwen.gate.decision import decide
        from pytest_qwen.gate.outcome import Outcome

        while not self.stopped and self.looks < len(self.blocks) - 1:
            if not set(self.blocks[self.looks]) <= record.cases.keys():
                return ""
            self.looks += 1
            so_far = replace(evidence(record.path), look=self.looks)
            decision = decide(self.baseline, so_far, self.policy)
            self.stopped = decision.outcome == Outcome.REGRESSED
        return f"look {self.looks} of {len(self.blocks)}: REGRESSED" if self.stopped else ""

    def expected(self) -> list[str]:
        """Return the cases of the blocks that were looked at."""
        return [case for block in self.blocks[: self.looks] for case in block]

    def verdict(self, record: Path) -> tuple[str, int]:
        """Return what `pytest-qwen gate` says of the finished record, and its exit status."""
        from pytest_qwen.gate.build_artifact import artifact
        from pytest_qwen.gate.decision import decide
        from pytest_qwen.gate.outcome import EXIT
        from pytest_qwen.gate.shown.table import table

        candidate = evidence(record)
        decision = decide(self.baseline, candidate, self.policy)
        gate = artifact(decision, [(self.baseline, candidate)], 1)
        gate.baseline.path = os.path.relpath(self.baseline.path, self.folder)
        gate.candidate.path = os.path.relpath(record, self.folder)
        return table(gate), EXIT[decision.outcome]


def open_watch(run: Run) -> Watch:
    """Read the baseline and the policy that options name.

    Raises:
        pytest.UsageError: one cannot be read, or the baseline is not whole, or the run would
            record over it.
    """
    for name in ("numpy", "scipy"):
        if find_spec(name) is None:
            do = "type `pip install 'pytest-qwen[gate]'`"
            raise pytest.UsageError(f"--qwen-gate-against: expected {name}, got none: {do}")
    from pytest_qwen.gate.policy_names import unknown_names

    folder, path = run.config.invocation_params.dir, str(run.options.gate_against)
    policy = run.options.gate_policy
    try:
        baseline = evidence(folder / path)
        watch = Watch(baseline, read_policy(folder / policy if policy else None), folder)
    except CommandError as error:
        raise pytest.UsageError(str(error)) from None
    if baseline.expected is None or baseline.look is not None or baseline.wrong:
        got = next(iter(baseline.wrong), "a run that did not come to its end")
        raise pytest.UsageError(f"--qwen-gate-against: expected a whole baseline, got {got}")
    traits = {name for case in baseline.cases.values() for name in case.names}
    behaviors = {case.behavior for case in baseline.cases.values()}
    if wrong := unknown_names(watch.policy, traits, behaviors):
        raise pytest.UsageError(f"--qwen-gate-policy: {wrong[0]}")
    if baseline.path.resolve() == record_path(run).resolve():
        do = "name another place with --qwen-record"
        raise pytest.UsageError(f"--qwen-gate-against: the run would record over {path}: {do}")
    return watch


def order(run: Run, items: list[pytest.Item]) -> None:
    """Put the cases in order of their blocks: other tests before them, comparisons after them."""
    from pytest_qwen.gate.looks import blocks

    plan = run.watch.plan if run.watch else run.worker_input[PLAN]
    related = [item for item in items if item.get_closest_marker("comparison")]
    gated = {i.nodeid: i for i in items if i.nodeid in run.cases and i not in related}
    clusters = {name: NodeId.parse(name).behavior for name in gated}
    run.blocks = blocks(clusters, plan["looks"], plan["seed"])
    others = [item for item in items if item.nodeid not in gated and item not in related]
    items[:] = [*others, *(gated[name] for block in run.blocks for name in block), *related]
