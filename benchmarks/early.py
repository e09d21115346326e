"""What early verdicts save: the suite's replies that can end early, so and said whole.

    python benchmarks/early.py

Asked are the cases without a snapshot whose traits can be settled before the end, on the tiny
family and one core, one way after the other in each round; loading is left out. Medians.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from pytest_qwen.engine.local import LocalEngine
from pytest_qwen.engine.models import Models
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.spec.behavior import Behavior, load
from pytest_qwen.spec.cases import expand

ROOT = Path(__file__).parents[1]
ROUNDS = 3


def early_requests(models: Models) -> list[Request]:
    """Return what the suite asks that may end early, complete and each once."""
    complete = {}
    for path in sorted((ROOT / "behaviors").rglob("*.yaml")):
        for spec in load(path, shown=str(path)):
            cases = expand(spec) if isinstance(spec, Behavior) else []
            for case in cases:
                if not case.behavior.fields.snapshot:
                    for request in map(models.complete, case.requests(early=True)):
                        complete[request.key] = request
    return [request for request in complete.values() if request.until]


def answers(engine: LocalEngine, requests: Sequence[Request]) -> list[Reply]:
    """Answer requests all together."""
    engine.submit(requests)
    said: list[Reply] = []
    while len(said) < len(requests):
        said += (outcome for outcome in engine.step() if isinstance(outcome, Reply))
    return said


def main() -> None:
    """Measure each role and print a table."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # the engine counts cores by it
    torch.set_num_threads(1)
    models = Models(load_family("tiny"))
    requests = early_requests(models)
    print("| role | replies | ended early | tokens, said whole | seconds, said whole |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for role in dict.fromkeys(request.role for request in requests):
        early = [request for request in requests if request.role == role]
        whole = list(
            {(one := models.complete(replace(r, until=""))).key: one for r in early}.values()
        )
        engine = LocalEngine(models.checkpoint(role).path, "cpu", "float32")
        replies: dict[str, list[Reply]] = {}
        seconds: dict[str, list[float]] = {"early": [], "whole": []}
        for _ in range(ROUNDS):
            for name, asked in (("early", early), ("whole", whole)):
                start = time.perf_counter()
                replies[name] = answers(engine, asked)
                seconds[name].append(time.perf_counter() - start)
        tokens = {name: sum(len(r.token_ids) for r in said) for name, said in replies.items()}
        ended = sum(reply.finish == "verdict" for reply in replies["early"])
        spent = {name: statistics.median(times) for name, times in seconds.items()}
        print(
            f"| {role} | {len(early)} | {ended} | {tokens['early']:,}, {tokens['whole']:,} "
            f"| {spent['early']:.2f}, {spent['whole']:.2f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
