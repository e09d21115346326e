"""What a suite of 100, 1,000 and 10,000 cases costs: time and memory of whole runs of pytest.

Each case asks the embedded Instruct model for a few tokens, and all are in one file, which is
collected, generated and replayed; beside it as many empty tests are run. Memory is the peak of the
process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from startup import PYTEST

BEHAVIOR = """\
behavior: numbers
title: Says something about a number
prompts:
{prompts}
sampling: {{max_new_tokens: 8}}
expect:
  instruct:
    - finish: [stop, length]
"""
PROMPT = '  - {{id: n{n}, text: "{n}是多少？"}}'
EMPTY = """\
import pytest

@pytest.mark.parametrize("n", range({cases}))
def test_nothing(n):
    pass
"""


class Cost(NamedTuple):
    """What a process took: seconds on the wall, mebibytes at most."""

    seconds: float
    peak: float


def run(folder: Path, *options: str) -> Cost:
    """Run pytest as a process of its own.

    Raises:
        SystemExit: it failed.
    """
    command = [*PYTEST, *options]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        ran = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)  # noqa: S603
        _, status, usage = os.wait4(ran.pid, 0)
        if status:
            said.seek(0)
            raise SystemExit(said.read()[-3000:])
    return Cost(time.perf_counter() - start, usage.ru_maxrss / 1024)


def costs(folder: Path, cases: int) -> list[Cost]:
    """Write so many cases, no two alike, and as many empty tests, and run them."""
    numbers, empty = folder / "behaviors" / "numbers.yaml", folder / "test_empty.py"
    numbers.parent.mkdir()
    prompts = "\n".join(PROMPT.format(n=n) for n in range(cases))
    numbers.write_text(BEHAVIOR.format(prompts=prompts), encoding="utf-8")
    empty.write_text(EMPTY.format(cases=cases), encoding="utf-8")
    store = f"--qwen-store={folder / 'store'}"
    return [
        run(folder, empty.name, "-p", "no:pytest_qwen.plugin"),
        run(folder, str(numbers), "--collect-only"),
        run(folder, str(numbers), store),
        run(folder, str(numbers), store),
    ]


def main() -> None:
    """Print a table, a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, nargs="*", default=[100, 1_000, 10_000])
    options = parser.parse_args()
    print("| cases | empty tests | collected | generated | replayed |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for cases in options.cases:
        with tempfile.TemporaryDirectory() as name:
            told = costs(Path(name), cases)
        cells = " | ".join(f"{one.seconds:.1f} s, {one.peak:,.0f} MiB" for one in told)
        print(f"| {cases:,} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
