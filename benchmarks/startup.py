"""What the plugin costs where it is not used, and what the store saves: run it with python.

Each command is a whole process, run in turn with its counterpart. The ratio of their medians and
the median of the differences are what to quote, since machines are noisy.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def seconds(arguments: list[str], folder: Path) -> float:
    """Return the wall time of one run of pytest."""
    start = time.perf_counter()
    subprocess.run([*PYTEST, *arguments], cwd=folder, capture_output=True, check=True)  # noqa: S603
    return time.perf_counter() - start


def compare(
    title: str, first: list[str], second: list[str], folder: Path, runs: int = RUNS
) -> None:
    """Run two commands in turn and print their medians, the ratio and the difference."""
    pairs = [(seconds(first, folder), seconds(second, folder)) for _ in range(runs)]
    a, b = (statistics.median(times) for times in zip(*pairs, strict=True))
    more = statistics.median(1000 * (one - other) for one, other in pairs)
    print(f"{title:<50} {a:7.2f} s {b:7.2f} s {more:8.0f} ms {a / b:7.1f}x", flush=True)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        compare(
            "a foreign project, with and without the plugin",
            [],
            ["-p", "no:pytest_qwen.plugin"],
            folder,
            4 * RUNS,
        )
        store = f"--qwen-store={folder / 'store'}"
        record = f"--qwen-record={folder / 'record.jsonl'}"
        seconds([store, record], ROOT)
        compare(
            "the suite, generated and replayed",
            ["--qwen-store=off", record],
            [store, record],
            ROOT,
            3,
        )
        compare("the suite, replayed and collected", [store, record], ["--collect-only"], ROOT)


if __name__ == "__main__":
    main()
