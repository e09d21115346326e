"""The command that repeats a case, told by a failing run and by the reviewers' page."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

REPEATED = ("family", "model", "samples", "exact", "whole", "seed_offset")
"""The options that decide what is generated and how it may be compared; records keep them."""


def again(case: str, options: Mapping[str, Any]) -> str:
    """Return the command for a shell; options are named as in a record, which may lack some.

    >>> again("b.yaml::x[base-p]", {"samples": 2, "exact": False, "seed_offset": 0})
    "pytest 'b.yaml::x[base-p]' --qwen-samples=2 --qwen-fast"
    """
    valued = {name: options.get(name) for name in ("family", "samples", "seed_offset")}
    words = [f"--qwen-{name.replace('_', '-')}={value}" for name, value in valued.items() if value]
    words += ["--qwen-fast"] * (options.get("exact") is False)
    models = options.get("model")
    if isinstance(models, list):
        words += [f"--qwen-model={binding}" for binding in models]
    return shlex.join(["pytest", case, *words])
