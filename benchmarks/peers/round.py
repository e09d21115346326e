"""One round of one tool: load, answer two prompts to warm up, then answer all and take the time.

A runner is a script that calls `run`. It is given the name of a JSON file, which `Asked` describes,
and prints a line for each way to answer:

    {"way": "llama.cpp", "tokens": 1024, "seconds": 31.2, "cpu": 30.9}
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Prompt(NamedTuple):
    """What a user says; the same as the chat template renders it; its token ids; and a seed."""

    said: str
    rendered: str
    ids: list[int]
    seed: int


class Asked(NamedTuple):
    """What is asked of every tool.

    The first two prompts only warm it up; of the others the plain loop answers `loop`.
    """

    checkpoint: str
    dtype: str
    core: int
    prompts: list[Prompt]
    max_new_tokens: int
    loop: int
    temperature: float
    top_k: int
    top_p: float


Way = Callable[[list[Prompt], int], int]
"""Answers prompts with so many tokens each, and returns how many tokens were drawn."""

servers: list[int] = []
"""Ids of the processes that a runner started, so that their time counts too."""


def run(load: Callable[[Asked], dict[str, Way]]) -> None:
    """Load a tool and time its ways to answer; what libraries print goes to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    asked = Asked(**{**told, "prompts": [Prompt(*one) for one in told["prompts"]]})
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {asked.core})
    for name, way in load(asked).items():
        warm, prompts = asked.prompts[:2], asked.prompts[2:]
        if "one by one" in name:
            prompts = prompts[: asked.loop]
        way(warm, 2)
        start = time.perf_counter(), _processor()
        tokens = way(prompts, asked.max_new_tokens)
        seconds, cpu = time.perf_counter() - start[0], _processor() - start[1]
        told = {"way": name, "tokens": tokens, "seconds": seconds, "cpu": cpu}
        print(json.dumps(told), file=out, flush=True)


def _processor() -> float:
    """Return the seconds of the processor; the clock of another process: clock_getcpuclockid(3)."""
    return time.process_time() + sum(time.clock_gettime(~one << 3 | 2) for one in servers)
