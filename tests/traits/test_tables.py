"""Every trait against its table, and every table against the trait's mutants."""

from __future__ import annotations

import json

import pytest

from pytest_qwen.messages.reason import Reason, from_json, in_language
from pytest_qwen.traits.registry import traits
from pytest_qwen.traits.verdict import Verdict
from tests.traits.mutants import mutants
from tests.traits.table import Row, judge
from tests.traits.tables import EQUIVALENT, TABLES

ODD = [
    "",
    " ",
    "\n",
    "\0",
    "\ud800",
    "。",
    "?!",
    "{",
    "\\boxed{",
    "```",
    "- ",
    "#",
    "<think>",
    "1/0",
]
ARGUMENTS = {name: rows[0].args for name, rows in TABLES.items()}


def test_every_built_in_trait_has_a_table() -> None:
    """A trait cannot be added without examples."""
    ours = {
        n
        for n, t in traits().items()
        if t.judge.__module__.startswith("pytest_qwen.traits.builtin")
    }
    assert ours <= TABLES.keys()


@pytest.mark.parametrize("name", TABLES)
def test_a_trait_stands_in_a_file_of_its_name(name: str) -> None:
    """Whoever looks for a trait finds it without the architecture page."""
    module = traits()[name].judge.__module__
    assert module.removesuffix("_") == f"pytest_qwen.traits.builtin.{name}"


@pytest.mark.parametrize(
    ("trait", "row"),
    [
        pytest.param(name, row, id=f"{name}-{i}")
        for name, rows in TABLES.items()
        for i, row in enumerate(rows)
    ],
)
def test_row(trait: str, row: Row) -> None:
    """The trait gives the verdict that the row says, with its evidence where the row has it."""
    verdict = judge(trait, row.args, row.text, row.prompt, **row.reply)
    assert verdict.passed == row.passed, verdict
    assert row.got in (None, verdict.got)
    assert isinstance(verdict.got, Reason)
    assert row.spans in (None, verdict.spans)


@pytest.mark.parametrize("trait", TABLES)
def test_evidence_in_a_record_can_be_read_in_chinese(trait: str) -> None:
    """What a record keeps of the evidence is enough for the page to say it in Chinese."""
    for row in TABLES[trait]:
        got = judge(trait, row.args, row.text, row.prompt, **row.reply).got
        kept = json.loads(json.dumps(got.to_json()))  # type: ignore[attr-defined]
        assert in_language(from_json(kept) or "", "zh") == in_language(got, "zh") != ""


@pytest.mark.parametrize("trait", TABLES)
def test_table_has_both_verdicts(trait: str) -> None:
    """A table shows what passes and what fails."""
    assert {row.passed for row in TABLES[trait]} == {True, False}


@pytest.mark.parametrize("trait", TABLES)
def test_table_kills_every_mutant(trait: str) -> None:
    """No small error in the trait goes unseen by its table."""
    assert all(row.holds(trait) for row in TABLES[trait])
    survivors = {
        description
        for description, mutant in mutants(traits()[trait].judge)
        if not _dies(mutant, trait)
    }
    assert survivors == set(EQUIVALENT.get(trait, {}))


def _dies(mutant: object, trait: str) -> bool:
    try:
        return not all(row.holds(trait, mutant) for row in TABLES[trait])  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - a crash is a death as well
        return True


@pytest.mark.parametrize("trait", TABLES)
@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_odd_text_is_judged(trait: str, text: str) -> None:
    """Nothing that a model can emit makes a trait raise, and spans stay inside the text."""
    verdict = judge(trait, ARGUMENTS[trait], text, text)
    assert isinstance(verdict, Verdict)
    assert all(0 <= start <= end <= len(text) for start, end in verdict.spans)
