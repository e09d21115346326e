"""How long a gate takes on long records, and how often it is right: run it with python.

    python benchmarks/gate.py speed          two records of 100,000 samples: seconds and memory
    python benchmarks/gate.py simulate 1000  verdicts on simulated pairs, as a Markdown table

In a simulated suite behaviors differ in how hard they are, and so do their prompts; samples of a
prompt are independent. A drop lowers every rate alike, or, "uneven", takes all of it from a quarter
of the behaviors.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from pytest_qwen.gate.judging import judge, worst
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.gate.statistics import PairedRate

SAMPLES = 100_000
SUITES = ((60, 2, 4), (30, 2, 4), (124, 1, 1), (12, 4, 4))
"""Behaviors, prompts of each, samples of each prompt."""

DROPS = ((0, ""), (5, ""), (10, ""), (15, ""), (10, ", uneven"))
"""Points, and how they fall."""


def main(what: str = "", pairs: str = "1000") -> None:
    """Print the figures."""
    if what in ("", "speed"):
        speed()
    if what in ("", "simulate"):
        simulate(int(pairs))


def speed() -> None:
    """Time the command on two long records."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [write(folder / side, seed) for seed, side in enumerate(("a.jsonl", "b.jsonl"))]
        size = sum(path.stat().st_size for path in paths) / 2**20
        command = [sys.executable, "-m", "pytest_qwen.cli.main", "gate", *map(str, paths)]
        start = time.perf_counter()
        done = subprocess.run(  # noqa: S603
            [*command, "--out", str(folder / "gate.json")], capture_output=True, check=False
        )
        seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(done.stdout.decode().partition("\n")[0].partition(":")[0], done.stderr.decode())
        print(
            f"2 x {SAMPLES:,} samples, {size:,.0f} MiB: {seconds:.1f} s, at most {memory:.0f} MiB"
        )


def write(path: Path, seed: int) -> Path:
    """Write a record: 6250 behaviors, 4 prompts, 4 samples of 60 tokens, three traits."""
    rng = np.random.default_rng(seed)
    checkpoint = {"fingerprint": str(seed), "template": "t"}
    run = {"kind": "run", "schema": 1, "checkpoints": {"instruct": checkpoint}}
    cases = []
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(run) + "\n")
        for i in range(SAMPLES // 4):
            behavior, prompt = f"behavior_{i // 4}", f"prompt_{i % 4}"
            case = f"behaviors/instruct/{behavior}.yaml::{behavior}[instruct-{prompt}]"
            cases.append(case)
            for sample in range(4):
                verdicts = [
                    {
                        "trait": trait,
                        "args": None,
                        "version": "0123456789ab",
                        "passed": bool(rng.random() < 0.95),
                        "evidence": {"got": "what was said", "of": "answer", "spans": [[0, 9]]},
                        "line": 9,
                    }
                    for trait in ("finish", "language", "sentences")
                ]
                text = "水稻是一种重要的粮食作物，生长在温暖而湿润的地方。" * 4
                reply = {"text": text, "token_ids": rng.integers(0, 150_000, 60).tolist()}
                reply |= {"answer": text, "thinking": "", "thinking_state": "absent"}
                line = {
                    "kind": "sample",
                    "case": case,
                    "behavior": behavior,
                    "role": "instruct",
                    "prompt_id": prompt,
                    "cluster": behavior,
                    "prompt": [{"role": "user", "content": f"请介绍第{i}种作物。"}],
                    "prompt_as": "chat",
                    "thinking": False,
                    "sampling": {"temperature": 0.7, "top_k": 20, "top_p": 0.8},
                    "seed": 0,
                    "samples": 4,
                    "reply": {**reply, "finish": "stop", "seed": 0, "sample": sample},
                    "verdicts": verdicts,
                    "error": None,
                }
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        end = {"kind": "end", "expected": cases, "reported": cases, "status": 0}
        file.write(json.dumps(end) + "\n")
    return path


def simulate(pairs: int) -> None:
    """Print how often each verdict falls, with exact 95 % intervals for REGRESSED."""
    print(f"| behaviors × prompts × samples | drop | {' | '.join(list(Outcome)[:4])} | interval |")
    print("| --- | --- |" + " ---: |" * 4 + " --- |")
    for suite in SUITES:
        for drop, how in DROPS:
            rng = np.random.default_rng(sum(suite) + drop)
            counts = Counter(verdict(rng, suite, drop / 100, how != "") for _ in range(pairs))
            shares = [f"{100 * counts[one] / pairs:.1f} %" for one in list(Outcome)[:4]]
            low, high = binomtest(counts[Outcome.REGRESSED], pairs).proportion_ci()
            interval = f"REGRESSED {100 * low:.1f} to {100 * high:.1f} %"
            size = " × ".join(map(str, suite))
            print(f"| {size} | {drop}{how} | {' | '.join(shares)} | {interval} |", flush=True)


def verdict(
    rng: np.random.Generator, suite: tuple[int, int, int], drop: float, uneven: bool
) -> Outcome:
    """Draw one pair of runs and decide."""
    clusters, prompts, k = suite
    mean = 0.85
    ease = rng.beta(mean * 5, (1 - mean) * 5, clusters)
    lost = np.full(clusters, drop / mean)
    if uneven:
        lost = np.where(np.arange(clusters) % 4 == 0, 4 * drop / mean, 0.0)
    items = []
    for c in range(clusters):
        rates = rng.beta(ease[c] * 10 + 0.01, (1 - ease[c]) * 10 + 0.01, prompts)
        before = rng.binomial(k, rates) / k
        after = rng.binomial(k, rates * (1 - lost[c])) / k
        items += [
            PairedRate(str(c), float(b), float(a)) for b, a in zip(before, after, strict=True)
        ]
    return worst(judge({"suite": items}, Policy()))


if __name__ == "__main__":
    main(*sys.argv[1:])
