"""docs/traits.md lists what is registered, with examples that a spec may hold."""

from __future__ import annotations

import re

import pytest

from pytest_qwen.files.yaml_lines import parse
from pytest_qwen.spec.expectation import parse_expectation
from pytest_qwen.traits.registry import measures, traits
from tests.traits.catalogue import PAGE, page

EXAMPLES = re.findall(r"^\| `(\w+)` \|.*\| `(.*)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_page_is_current() -> None:
    """Whoever adds a trait or a measure runs `python -m tests.traits.catalogue`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_everything_has_an_example() -> None:
    """No trait or measure is listed without one."""
    assert {name for name, _ in EXAMPLES} >= {
        name
        for name, trait in traits().items()
        if trait.judge.__module__.startswith("pytest_qwen.")
    } | set(measures())


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_examples_can_be_written(name: str, example: str) -> None:
    """Each is an expectation as it stands."""
    (document,) = parse(example.replace("\\|", "|"), "example.yaml")
    assert str(parse_expectation(document.data, document, ())).startswith(name)
