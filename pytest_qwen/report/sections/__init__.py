"""The page's sections: a module with the view model of each, and a template in `page/` for it.

A new section is one module with a dataclass that has `template` and `of`, one template, and its
place in the list below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pytest_qwen.report.contents import Contents, PageSection
from pytest_qwen.report.sections import (
    about,
    cases,
    changes,
    completeness,
    gate,
    lengths,
    matrix,
    preflight,
    rates,
    relations,
    roles,
    snapshots,
)


@dataclass(frozen=True)
class Overview:
    """What all cases have in common."""

    template: ClassVar[str] = "overview.jinja"
    parts: list[PageSection]


def sections(contents: Contents) -> list[PageSection]:
    """Return the sections that there is something for, in their order."""
    overview: list[PageSection | None] = [
        roles.Roles.of(contents),
        completeness.RunCompleteness.of(contents),
        changes.Changes.of(contents),
        snapshots.Snapshots.of(contents),
        matrix.Matrix.of(contents),
        relations.Relations.of(contents),
        lengths.Plots.of(contents),
        rates.Rates.of(contents),
        about.About.of(contents),
    ]
    return _there(
        [
            gate.Gate.of(contents),
            preflight.PreflightSection.of(contents),
            Overview(_there(overview)),
            cases.Cases.of(contents),
        ]
    )


def _there(maybe: Sequence[PageSection | None]) -> list[PageSection]:
    return [section for section in maybe if section is not None]
