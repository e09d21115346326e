"""The suite in one process, with one worker and with three: wall time, and memory of all processes.

Everything is generated, nothing stored. Memory is the largest sum of proportional set sizes (what
processes share counts once), looked at twice a second. Linux only.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from startup import PYTEST, ROOT

WAYS = {"one process": [], "-n 1": ["-n", "1"], "-n 3": ["-n", "3"]}


def family_of(process: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
    found, before = {process}, set[int]()
    while found != before:
        before = found
        found = found | {child for child, parent in parents.items() if parent in found}
    return found


def proportional(processes: set[int]) -> int:
    """Return the proportional set size of processes together, in KiB."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def run(options: list[str], record: Path) -> tuple[float, float]:
    """Run the suite; return seconds, and MiB at most.

    Raises:
        SystemExit: it failed.
    """
    command = [*PYTEST, "--qwen-store=off", f"--qwen-record={record}", *options]
    start, most = time.perf_counter(), 0
    ran = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
    while ran.poll() is None:
        most = max(most, proportional(family_of(ran.pid)))
        time.sleep(0.5)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {ran.returncode}")
    return time.perf_counter() - start, most / 1024


def main() -> None:
    """Print a table."""
    print("| way | seconds | MiB | times the memory of one process |")
    print("| --- | ---: | ---: | ---: |")
    alone = 0.0
    for way, options in WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            seconds, most = run(options, Path(folder) / "record.jsonl")
        alone = alone or most
        print(f"| {way} | {seconds:.1f} | {most:,.0f} | {most / alone:.2f} |", flush=True)


if __name__ == "__main__":
    main()
