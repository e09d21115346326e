"""The behaviors of the suite, counted, and their table in docs/suite.md.

`python -m tests.suite` writes the table between the marks of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.vocabulary import ROLES
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import expand
from pytest_qwen.spec.loading import Spec, load

ROOT = Path(__file__).parents[1]
SUITE = ROOT / "behaviors"
PAGE = ROOT / "docs" / "suite.md"
TABLE = re.compile(r"(<!-- suite -->\n).*?(<!-- end -->\n)", re.DOTALL)


class Entry(NamedTuple):
    """A behavior or a comparison, the folder and file that it stands in, and its cases."""

    folder: str
    file: str
    spec: Spec
    cases: int

    @property
    def needs(self) -> tuple[str, ...]:
        """What a family must be able to do for it."""
        return self.spec.fields.needs if isinstance(self.spec, Behavior) else ()


def entries() -> list[Entry]:
    """Return the whole suite, in the order of files."""
    found = []
    for path in sorted(SUITE.rglob("*.yaml")):
        for spec in load(path):
            cases = len(expand(spec) if isinstance(spec, Behavior) else spec.fields.compare)
            found.append(Entry(path.parent.name, path.name, spec, cases))
    return found


def page() -> str:
    """Return the page with its table anew; what stands around it is kept."""
    text = PAGE.read_text(encoding="utf-8")
    return TABLE.sub(lambda m: m[1] + "\n".join(_table(entries())) + "\n" + m[2], text)


def _table(suite: list[Entry]) -> Iterator[str]:
    lacks = load_family("tiny").lacks
    cases = sum(one.cases for one in suite)
    tiny = sum(one.cases for one in suite if not set(one.needs) & set(lacks))
    behaviors = sum(isinstance(one.spec, Behavior) for one in suite)
    yield f"{behaviors} behaviors and {len(suite) - behaviors} comparisons, {cases} cases."
    yield f"{tiny} of them ({tiny / cases:.0%}) run on the tiny family, {cases - tiny} are skipped."
    for folder in dict.fromkeys(one.folder for one in suite):
        yield f"\n### {folder}\n\n| behavior | what the model does | roles | cases | needs |"
        yield "| --- | --- | --- | ---: | --- |"
        for one in suite:
            if one.folder == folder:
                yield _row(one)


def _row(one: Entry) -> str:
    fields, link = one.spec.fields, f"../behaviors/{one.folder}/{one.file}"
    if isinstance(one.spec, Behavior):
        roles = ", ".join(role for role in ROLES if role in one.spec.fields.expect)
    else:
        roles = "compared"
    needs = ", ".join(one.needs)
    return f"| [{fields.behavior}]({link}) | {fields.title} | {roles} | {one.cases} | {needs} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
