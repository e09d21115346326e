"""How often the gate is right on real runs of the tiny family: run it with python.

    python benchmarks/mutants.py                         all variants on the whole suite
    python benchmarks/mutants.py --only int4,seeds_1     some of them
    python benchmarks/mutants.py --suite behaviors/instruct --out docs/gate-quality.md

Damaged and healthy copies of the family are made, the suite is recorded on each, and each record is
gated against the family as it ships. The table goes to standard output, and between the marks of
the page that --out names.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from scipy.stats import binomtest

from pytest_qwen.family.embedded import FOLDER
from pytest_qwen.gate.compared.evidence import read_evidence
from pytest_qwen.gate.compared.pairing import pair
from pytest_qwen.gate.judging import SUITE, rates
from pytest_qwen.gate.policy import Policy
from recipes.tiny.mutants import VARIANTS, Variant

BEGIN, END = "<!-- mutants: begin -->", "<!-- mutants: end -->"

POLICY = Policy(may_differ=("template", "sampling", "seed"))
"""What is damaged here, a gate would refuse to compare: behaviors have to show it."""

STOPS = ("REGRESSED", "INVALID")
"""Verdicts that keep a candidate out. INVALID: some cases could not be asked of it."""

CAUGHT = 3
"""How many behaviors are named that lost most."""


class Outcome(NamedTuple):
    """What came of a variant: the artifact of its gate, losses by behavior, seconds."""

    variant: Variant
    gate: dict[str, Any]
    losses: list[tuple[float, str]]
    seconds: float


def main() -> None:
    """Record, gate, tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--suite", default="behaviors", help="what pytest is given")
    parser.add_argument("--only", default="", help="names of variants, with commas between them")
    parser.add_argument("--out", type=Path, help="a page with the marks of the table")
    args = parser.parse_args()
    names = args.only.split(",") if args.only else [one.name for one in VARIANTS]
    if unknown := set(names) - {one.name for one in VARIANTS}:
        parser.error(f"expected names of variants, got {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policy.yaml").write_text("may_differ: [template, sampling, seed]\n")
        baseline = Variant("baseline", "", lambda _: None)
        start = time.perf_counter()
        record(baseline, args.suite, folder)
        print(f"baseline: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        outcomes = []
        for variant in (one for one in VARIANTS if one.name in names):
            outcomes.append(try_out(variant, args.suite, folder))
            told = f"{variant.name}: {outcomes[-1].gate['verdict']}, {outcomes[-1].seconds:.0f} s"
            print(told, file=sys.stderr, flush=True)
            if args.out:  # each time: an hour's work is not lost with the last variant
                put(args.out, outcomes, args.suite)
    print(*table(outcomes, args.suite), sep="\n")


def put(path: Path, outcomes: Sequence[Outcome], suite: str) -> None:
    """Put the table between the marks of a page."""
    page = path.read_text(encoding="utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    text = "\n".join(table(outcomes, suite))
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def record(variant: Variant, suite: str, folder: Path) -> Path:
    """Make a variant, record the suite on it and return the record."""
    family = variant.make(FOLDER, folder / variant.name)
    path = folder / f"{variant.name}.jsonl"
    options = [f"--qwen-family={family}", f"--qwen-record={path}", *variant.options]
    command = [sys.executable, "-m", "pytest", suite, "-q", "-m", "not comparison"]
    command += ["--qwen-record-only", "--qwen-store=off", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if not path.exists():  # cases that cannot be asked are in the record, and the gate's to judge
        raise SystemExit(f"{variant.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return path


def try_out(variant: Variant, suite: str, folder: Path) -> Outcome:
    """Record the suite on a variant and gate it against the family as it ships."""
    start = time.perf_counter()
    candidate, baseline = record(variant, suite, folder), folder / "baseline.jsonl"
    seconds, out = time.perf_counter() - start, folder / f"{variant.name}.gate.json"
    command = [sys.executable, "-m", "pytest_qwen.cli.main", "gate", str(baseline), str(candidate)]
    command += ["--policy", str(folder / "policy.yaml"), "--out", str(out)]
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    cases = pair(read_evidence(baseline), read_evidence(candidate), POLICY).cases
    changes = defaultdict(list)
    for item in rates(cases, [SUITE])[SUITE]:
        changes[item.cluster].append(item.candidate - item.baseline)
    losses = sorted((sum(found) / len(found), name) for name, found in changes.items())
    return Outcome(variant, json.loads(out.read_text(encoding="utf-8")), losses, seconds)


def table(outcomes: Sequence[Outcome], suite: str) -> Iterator[str]:
    """Yield the page's lines."""
    gated = next((one.gate["gated"][0] for one in outcomes if one.gate["gated"]), None)
    size = f"{gated['clusters']} behaviors, {gated['items']} cases" if gated else "not judged"
    mean = sum(one.seconds for one in outcomes) / len(outcomes)
    yield f"Figures of {datetime.now(UTC):%Y-%m-%d}, from `python benchmarks/mutants.py` on"
    yield f"`{suite}`: {size}, {mean:.0f} seconds a variant.\n"
    for harmful in (True, False):
        some = [one for one in outcomes if one.variant.harmful == harmful]
        if not some:
            continue
        head = "damaged" if harmful else "healthy"
        yield f"| {head} | what was done | verdict | passing | behaviors that lost most |"
        yield "| --- | --- | --- | --- | --- |"
        for one in some:
            passing = "not judged"
            for row in one.gate["gated"][:1]:
                passing = f"{100 * row['baseline']:.1f} to {100 * row['candidate']:.1f} %"
            most = [f"{name} {100 * by:+.0f}" for by, name in one.losses[:CAUGHT] if by < 0]
            cells = (f"`{one.variant.name}`", one.variant.told, one.gate["verdict"], passing)
            yield f"| {' | '.join(cells)} | {', '.join(most) or 'none'} |"
        yield ""
        alarms = [one for one in some if one.gate["verdict"] in STOPS]
        low, high = binomtest(len(alarms), len(some)).proportion_ci()
        share = f"{len(alarms)} of {len(some)} ({100 * low:.0f} to {100 * high:.0f} % at 95 %)"
        yield f"{' or '.join(STOPS)}: {share}.\n"
        if harmful:
            yield from (missed(one) for one in some if one not in alarms)
            yield ""


def missed(one: Outcome) -> str:
    """Say why a damaged variant was not caught."""
    row = one.gate["gated"][0]
    low, change = 100 * row["lower"], 100 * row["change"]
    told = f"changed by {change:+.1f} points, at worst {low:+.1f}, p = {row['p_adjusted']:.2g}"
    return f"- `{one.variant.name}` was not caught: {told}."


if __name__ == "__main__":
    main()
