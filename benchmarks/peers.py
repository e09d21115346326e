"""Our engine against other tools: the same prompts, checkpoint, budgets and core.

    tox -e peer-serve,peer-lm-eval,peer-inspect,peer-llama,peer-vllm   make the environments, once
    python benchmarks/peers.py                                         a random Qwen3, 0.6B shape

Each tool runs in an environment of its own (see tox.ini) and by a script of its own in peers/. A
round runs one after the other, each in a new process on the same core; loading is left out. After
each round the limits of the core are measured. Printed are the medians of the rounds. `--chart`
draws them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from generation import ROOT, random_checkpoint
from torch import nn
from transformers import AutoTokenizer

from pytest_qwen.engine.local.blocks import BlockLinear
from pytest_qwen.engine.local.load import load
from pytest_qwen.engine.local.slots.lane import PREFILL

SHAPE = {"layers": 28, "hidden": 1024}
SAMPLING = {"temperature": 0.7, "top_k": 20, "top_p": 0.95}
PEERS = {
    "plain": None,
    "serve_http": "peer-serve",
    "lm_eval_hf": "peer-lm-eval",
    "inspect_hf": "peer-inspect",
    "llama_batch": "peer-llama",
    "vllm_batch": "peer-vllm",
    "ours": None,
}
"""Runners in peers/, each with its tox environment; None is the one that runs this."""


class Timed(NamedTuple):
    """What a way to answer took in one round: seconds on the wall, and of the processor."""

    way: str
    tokens: int
    seconds: float
    cpu: float

    def rate(self, clock: str) -> float:
        """Return tokens per second of a clock."""
        return self.tokens / (self.cpu if clock == "cpu" else self.seconds)


def python_of(environment: str | None) -> Path | None:
    """Return the interpreter of a tox environment, None where it was not made."""
    if environment is None:
        return Path(sys.executable)
    path = ROOT / ".tox" / environment / "bin" / "python"
    return path if path.exists() else None


def write_asked(path: Path, checkpoint: Path, options: argparse.Namespace) -> list[int]:
    """Write what every tool is asked, and return how long the prompts are in tokens."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    prompts = []
    for n in range(options.prompts + 2):
        said = f"{n}. Which is larger, 9.11 or 9.8?"
        message = {"role": "user", "content": said}
        rendered = tokenizer.apply_chat_template(
            [message], tokenize=False, add_generation_prompt=True
        )
        ids = tokenizer(rendered, add_special_tokens=False)["input_ids"]
        prompts.append((said, rendered, ids, n))
    asked = {
        "checkpoint": str(checkpoint),
        "dtype": options.dtype,
        "core": options.core,
        "prompts": prompts,
        "max_new_tokens": options.budget,
        "loop": options.loop,
        **SAMPLING,
    }
    path.write_text(json.dumps(asked), "utf-8")
    return [len(ids) for _, _, ids, _ in prompts[2:]]


def one_round(asked: Path, names: list[str]) -> Iterator[Timed]:
    """Run each tool once."""
    environ = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    for name in names:
        python = python_of(PEERS[name])
        if python is None:
            continue
        command = [str(python), str(ROOT / "benchmarks/peers" / f"{name}.py"), str(asked)]
        with tempfile.TemporaryFile("w+") as errors:
            ran = subprocess.Popen(  # noqa: S603
                command, env=environ, stdout=subprocess.PIPE, stderr=errors, text=True
            )
            assert ran.stdout
            for line in ran.stdout:
                timed = Timed(**json.loads(line))
                print(timed, file=sys.stderr, flush=True)
                yield timed
            if ran.wait():
                errors.seek(0)
                print(f"{name} failed:\n{errors.read()[-3000:]}", file=sys.stderr)


def sustained(work: Callable[[], object], seconds: float = 3) -> float:
    """Return the processor's seconds that a call takes while it is called again and again.

    Not the fastest of them: a shared core is quick for a moment, and no work of a minute is.
    """
    work()
    start, calls = time.process_time(), 0
    while time.process_time() < start + seconds:
        work()
        calls += 1
    return (time.process_time() - start) / calls


class Limits(NamedTuple):
    """Seconds that this work takes at least, if one thing alone took time.

    `compute` is its arithmetic at the rate of one large product, `memory` are the bytes that it
    must read at the rate of one large tensor, `products` are the model's linear layers, each called
    as our engine calls it: torch has no faster way.
    """

    compute: float
    memory: float
    products: float


@torch.inference_mode()
def limits(checkpoint: Path, lengths: list[int], budget: int, dtype: str) -> Limits:
    """Measure this core, now: a shared one has another rate a minute later.

    A product counts two operations for each weight and token; the output layer is only needed where
    a token is drawn. A step reads all weights, and the keys and values of each row so far.
    """
    model = load(checkpoint, "cpu", dtype).model
    config, head = model.config, model.lm_head
    inner = [m for m in model.model.modules() if isinstance(m, nn.Linear | BlockLinear)]

    def seconds(layers: list[Any], rows: int) -> float:
        x = {m.in_features: torch.randn(rows, m.in_features, dtype=model.dtype) for m in layers}
        return sustained(lambda: [m(x[m.in_features]) for m in layers])

    square = torch.randn(2048, 2048, dtype=model.dtype)
    long = torch.ones(_LONG // 8, dtype=torch.int64)
    drawn = len(lengths) * budget
    read = sum(lengths) + drawn - len(lengths)
    weights = sum(m.weight.numel() for m in inner)
    numbers = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim  # a token
    held = sum(length + step for length in lengths for step in range(budget))
    size = model.dtype.itemsize * (budget * (weights + head.weight.numel()) + held * numbers)
    return Limits(
        compute=2
        * (weights * read + head.weight.numel() * drawn)
        * sustained(lambda: square @ square)
        / (2 * 2048**3),
        memory=size * sustained(long.sum) / _LONG,
        products=budget * seconds([*inner, head], len(lengths))
        + sum(lengths) / PREFILL * seconds(inner, PREFILL),
    )


_LONG = 1 << 30
"""Bytes that are read to measure memory: more than any cache holds."""


def table(timed: list[Timed], bound: Limits, tokens: int, clock: str) -> dict[str, float]:
    """Print the table, and return tokens per second of each way."""
    ways = list(dict.fromkeys(one.way for one in timed))
    rates = {w: statistics.median(t.rate(clock) for t in timed if t.way == w) for w in ways}
    loop = rates.get("transformers, one by one")
    mine = next((rate for way, rate in rates.items() if way.startswith("ours")), None)
    print("| way | tokens/s | times the loop | ours, times this | of compute | memory | products |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for way, rate in rates.items():
        shares = " | ".join(f"{rate * limit / tokens:.0%}" for limit in bound)
        print(
            f"| {way} | {rate:.1f} | {f'{rate / loop:.1f}' if loop else '–'} "
            f"| {f'{mine / rate:.2f}' if mine else '–'} | {shares} |"
        )
    return rates


def chart(rates: dict[str, float], most: float, path: Path) -> None:
    """Draw bars, and the limit by arithmetic as their frame."""
    wide, high, left = 720, 26, 250
    scale = (wide - left - 60) / most
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high * len(rates) + 40}">',
        "<style>text {font: 13px sans-serif}</style>",
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for i, (way, rate) in enumerate(rates.items()):
        y = 8 + high * i
        color = "#d2691e" if way.startswith("ours") else "#7a8ca0"
        lines += [
            f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{way}</text>',
            f'<rect x="{left}" y="{y}" width="{most * scale:.1f}" height="18" fill="#f0f0f0"/>',
            f'<rect x="{left}" y="{y}" width="{rate * scale:.1f}" height="18" fill="{color}"/>',
            f'<text x="{left + rate * scale + 5:.1f}" y="{y + 14}">{rate:.1f}</text>',
        ]
    said = f"tokens per second; the frame is the limit by arithmetic, {most:.0f}"
    lines += [f'<text x="{left}" y="{high * len(rates) + 28}">{said}</text>', "</svg>"]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Read the command line, run the rounds, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--prompts", type=int, default=64)
    parser.add_argument("--budget", type=int, default=16, help="tokens for each prompt")
    parser.add_argument("--loop", type=int, default=5, help="prompts that the plain loop answers")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--clock", default="wall", choices=["wall", "cpu"], help="cpu: the machine is shared"
    )
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)))
    parser.add_argument("--only", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--checkpoint", type=Path, help="where to keep it, instead of a new one")
    parser.add_argument("--chart", type=Path, help="an SVG file to write")
    options = parser.parse_args()
    for name, environment in PEERS.items():
        if python_of(environment) is None:
            print(f"{name} is not measured: `tox -e {environment}` makes its environment")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = options.checkpoint or Path(folder) / "checkpoint"
        if not checkpoint.exists():
            random_checkpoint(checkpoint, **SHAPE, dtype=getattr(torch, options.dtype))
        asked = Path(folder) / "asked.json"
        lengths = write_asked(asked, checkpoint, options)
        os.sched_setaffinity(0, {options.core})
        timed: list[Timed] = []
        bounds: list[Limits] = []
        for _ in range(options.rounds):
            timed += one_round(asked, options.only)
            bounds.append(limits(checkpoint, lengths, options.budget, options.dtype))
    tokens = len(lengths) * options.budget
    print(f"\n{len(lengths)} prompts of {sum(lengths):,} tokens, {options.budget} new ones each\n")
    bound = Limits(*map(statistics.median, zip(*bounds, strict=True)))
    rates = table(timed, bound, tokens, options.clock)
    print("\nLimits in tokens/s, the median and each time that they were measured:")
    for name, limit, *each in zip(Limits._fields, bound, *bounds, strict=True):
        print(f"{name} {tokens / limit:.0f}:", *(f"{tokens / one:.0f}" for one in each))
    if options.chart:
        chart(rates, tokens / bound.compute, options.chart)


if __name__ == "__main__":
    main()
