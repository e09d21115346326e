"""Options, configuration and markers. Light: every project of the environment pays for it."""

from __future__ import annotations

import pytest

from pytest_qwen.messages.whole_number import positive

FOLDER = ".qwen"
"""Where store and record are kept by default, below pytest's root directory."""

TIMEOUT = 1800
"""Seconds that one reply may take: half an hour is far beyond what is usual, even on a CPU."""

MARKERS = {
    "base": "a case of the role base: a pretrained model that continues text",
    "instruct": "a case of the role instruct: answers and keeps formats",
    "reasoning": "a case of the role reasoning: thinks, then answers",
    "comparison": "relates roles to each other",
    "behavior(role, prompt, samples=1, seed=0, **sampling)": (
        "what the fixtures reply and replies of a Python test are generated from"
    ),
    "gpu": "needs a GPU",
}


def add_options(parser: pytest.Parser) -> None:
    """Declare the options of the group "qwen" and their configuration."""
    group = parser.getgroup("qwen")
    group.addoption(
        "--qwen-family",
        metavar="NAME|PATH",
        help="which models: a family that ships with the plugin, or a family file; also ini "
        "qwen_family or PYTEST_QWEN_FAMILY (default: tiny)",
    )
    group.addoption(
        "--qwen-model",
        metavar="ROLE=CHECKPOINT",
        action="append",
        default=[],
        help="bind one role to a checkpoint, a folder or a hub id; may repeat",
    )
    group.addoption(
        "--qwen-samples",
        metavar="K",
        type=positive,
        help="draw K samples of every case, whatever its behavior says; leaves snapshots out",
    )
    group.addoption(
        "--qwen-store",
        metavar="DIR|off",
        help=f"where generated replies are kept (default: {FOLDER}/store)",
    )
    _add_generation(group)
    group.addoption(
        "--qwen-record",
        metavar="PATH",
        help=f"where the run's record is written (default: {FOLDER}/record.jsonl)",
    )
    group.addoption(
        "--qwen-record-only",
        action="store_true",
        help="record what a case misses and let it pass, for `pytest-qwen gate` to judge; leaves "
        "snapshots out",
    )
    _add_gate(group)
    group.addoption(
        "--qwen-report",
        metavar="PATH",
        help="write a page for reviewers at the end of the run, one HTML file; of two records, "
        "`pytest-qwen report` makes one",
    )
    group.addoption(
        "--qwen-strict-snapshots",
        action="store_true",
        help="fail on a snapshot that another environment made and that differs here",
    )
    group.addoption(
        "--qwen-prune-snapshots",
        action="store_true",
        help="with --snapshot-update of a whole suite: remove snapshots of cases that are gone",
    )
    parser.addini(
        "qwen_timeout", f"seconds that one reply may take once it has begun (default: {TIMEOUT})"
    )
    parser.addini("qwen_family", "default of --qwen-family")
    parser.addini(
        "qwen_tags", "tags that behaviors may carry, `name: description` each", "linelist"
    )


def _add_gate(group: pytest.OptionGroup) -> None:
    """Declare the options of runs that are compared with others."""
    group.addoption(
        "--qwen-gate-against",
        metavar="BASELINE",
        help="record only, compare with this record, and end the run early where a look at a part "
        "of the behaviors, fixed beforehand, shows a regression; see docs/gate.md",
    )
    group.addoption(
        "--qwen-gate-policy",
        metavar="P.yaml",
        help="the policy of --qwen-gate-against: `looks`, margin, gated traits and more",
    )
    group.addoption(
        "--qwen-seed-offset",
        metavar="N",
        type=positive,
        default=0,
        help="add N to every seed: fresh samples of the same suite; leaves snapshots out",
    )


def _add_generation(group: pytest.OptionGroup) -> None:
    """Declare the options that change how fast replies come."""
    group.addoption(
        "--qwen-batch",
        metavar="N",
        type=positive,
        help="generate at most N sequences at once; no text depends on it (default: 64, fewer "
        "where memory is short)",
    )
    group.addoption(
        "--qwen-exact",
        dest="qwen_exact",
        action="store_true",
        default=True,
        help="the same request gives the same text whatever else is generated (default)",
    )
    group.addoption(
        "--qwen-fast",
        dest="qwen_exact",
        action="store_false",
        help="generate as fast as can be, also where neighbours in a batch may change a text: "
        "mixtures of experts and hybrid models; leaves snapshots out",
    )
    group.addoption(
        "--qwen-whole",
        action="store_true",
        help="no effect any more: every reply runs to its end",
    )


def add_markers(config: pytest.Config) -> None:
    """Register the plugin's markers and the configured tags."""
    for name, text in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {text}")
    for line in config.getini("qwen_tags"):
        config.addinivalue_line("markers", line if ":" in line else f"{line}: a tag of behaviors")


def known_tags(config: pytest.Config) -> set[str]:
    """Return the names of the configured tags."""
    return {line.partition(":")[0].strip() for line in config.getini("qwen_tags")}
