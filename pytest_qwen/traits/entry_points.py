"""Traits that other distributions bring, found through the entry point group `pytest_qwen.traits`.

[project.entry-points."pytest_qwen.traits"]
acme = "acme_traits"                            a module with functions under `@trait`
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from pytest_qwen.files.yaml_lines import Problem, SpecError, refusal

GROUP = "pytest_qwen.traits"
"""The group's name; an entry point's value is a module, its name is free."""


@cache
def load_traits() -> None:
    """Import the modules of the group, once a process, so that their traits are registered.

    Raises:
        SpecError: a module cannot be imported, or a trait of it not registered: one line each.
    """
    problems = []
    for point in entry_points(group=GROUP):
        try:
            point.load()
        except Exception as error:  # noqa: BLE001 - importing runs any code
            home = point.dist.name if point.dist else "its distribution"
            got = " ".join(f"{type(error).__name__}: {error}".split())
            where = f"entry point {point.name!r} of {home}"
            what = refusal(f"traits in {point.value!r}", got, f"repair or uninstall {home}")
            problems.append(Problem(where, 0, what))
    if problems:
        raise SpecError(*problems)
