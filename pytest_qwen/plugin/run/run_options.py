"""What was asked for: options, environment and configuration, as one object with typed fields."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

import pytest

from pytest_qwen.plugin.options import TIMEOUT


@dataclass(frozen=True)
class RunOptions:
    """The options `--qwen-…`, each named like its field, and what is derived from them."""

    family: str | None
    model: list[str]
    samples: int | None
    store: str | None
    batch: int | None
    exact: bool
    whole: bool
    record: str | None
    record_only: bool
    gate_against: str | None
    gate_policy: str | None
    report: str | None
    seed_offset: int
    strict_snapshots: bool
    prune_snapshots: bool

    family_name: str | None
    """The family that option, environment or configuration name, in this order."""
    timeout: float
    """Seconds that one reply may take."""

    @classmethod
    def of(cls, config: pytest.Config) -> RunOptions:
        """Read them.

        Raises:
            pytest.UsageError: the configuration has a value that cannot be used, or an option does
                not go with the others.
        """
        names = [field.name for field in fields(cls)][:-2]
        values = {name: config.getoption(f"qwen_{name}") for name in names}
        values["record_only"] |= bool(values["gate_against"])
        options = cls(**values, family_name=_family_name(config), timeout=_timeout(config))
        if options.prune_snapshots:
            _check_pruning(config)
        return options

    @property
    def compares_snapshots(self) -> bool:
        """Whether replies are those that a snapshot has: neither others nor recorded only."""
        return self.exact and not (self.samples or self.record_only or self.seed_offset)


def _timeout(config: pytest.Config) -> float:
    """Return the seconds that one reply may take.

    Raises:
        pytest.UsageError: the configuration has no positive number.
    """
    text = config.getini("qwen_timeout") or TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise pytest.UsageError(f"qwen_timeout: expected seconds, more than 0, got {text!r}")
    return seconds


def _family_name(config: pytest.Config) -> str | None:
    """Return a name or a path; a path in the configuration begins at pytest's root directory."""
    name = config.getoption("--qwen-family") or os.environ.get("PYTEST_QWEN_FAMILY")
    configured: str = config.getini("qwen_family")
    if name or not configured:
        return name or None
    path = config.rootpath / configured
    return str(path) if path.is_file() else configured


def _check_pruning(config: pytest.Config) -> None:
    """Refuse to prune by a part of the suite: what it does not use, another part may.

    Raises:
        pytest.UsageError: pruning is asked for together with a selection.
    """
    partly = ("keyword", "markexpr", "lf", "deselect", "ignore", "ignore_glob", "maxfail")
    if (
        any(config.getoption(name, None) for name in partly)
        or config.args_source is pytest.Config.ArgsSource.ARGS
        or config.invocation_params.dir != config.rootpath
    ):
        raise pytest.UsageError(
            "--qwen-prune-snapshots: expected a run of the whole suite, got a selection: "
            "run it at the root, without paths, -m, -k, -x, --lf, --ignore and --deselect"
        )
