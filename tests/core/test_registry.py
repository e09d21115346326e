"""The registry: what a trait function must be, and what is said of one that is not."""

import re
from typing import Any

import pytest

from pytest_qwen.core import registry
from pytest_qwen.core.registry import BadArguments, bind, trait
from pytest_qwen.core.reply import Reply
from pytest_qwen.core.verdict import Part, Verdict

PART = Part("abc", Reply(text="abc"))


@pytest.fixture(autouse=True)
def _own_traits(monkeypatch):
    registry.traits()
    monkeypatch.setattr(registry, "_traits", dict(registry._traits))


def test_a_verdict_may_be_anything_true_or_false():
    """A match object is what people write; the verdict is a bool."""

    @trait
    def has_a(part: Part) -> Verdict:
        return Verdict(re.search("a", part.text), "x")

    assert bind("has_a", None)(PART).passed is True


def test_a_trait_that_answers_something_else_is_named():
    """The message has the trait's module and name, and what to return."""

    @trait
    def answers_bool(part: Part) -> bool:
        return True

    with pytest.raises(
        TypeError, match=r"\.answers_bool: expected a Verdict, got True: return Verdict"
    ):
        bind("answers_bool", None)(PART)


def test_arguments_must_be_annotated():
    """Specs are checked by the annotations."""
    with pytest.raises(ValueError, match="loose: expected annotated arguments, got what"):

        @trait
        def loose(part: Part, what) -> Verdict: ...


def test_a_name_belongs_to_one_module():
    """A user's trait cannot silently replace a built-in one."""

    def starts_with(part: Part) -> Verdict: ...

    with pytest.raises(ValueError, match="already registered by pytest_qwen"):
        trait(starts_with)


def test_a_trait_may_have_variants():
    """The first argument names one; its own arguments are checked, and given as keywords."""

    def longer(part: Part, than: int) -> Verdict:
        return Verdict(len(part.text) > than, "x")

    def empty(part: Part) -> Verdict:
        return Verdict(not part.text, "x")

    kinds = {"longer": longer, "empty": empty}

    @trait(variants=kinds)
    def shape(part: Part, kind: str, negated: bool = False, **arguments: Any) -> Verdict:
        verdict = kinds[kind](part, **arguments)
        return ~verdict if negated else verdict

    assert bind("shape", {"kind": "longer", "than": "2"})(PART).passed
    assert bind("shape", {"kind": "empty", "negated": True})(PART).passed
    assert not bind("shape", "empty")(PART).passed
    with pytest.raises(
        BadArguments, match="shape with a known kind, got 'emty': did you mean 'empty'"
    ):
        bind("shape", "emty")
    with pytest.raises(BadArguments, match="argument of shape, got 'than'"):
        bind("shape", {"kind": "empty", "than": 2})
    with pytest.raises(BadArguments, match="shape with 'than', got none"):
        bind("shape", "longer")


def test_open_arguments_need_variants():
    """Arguments that nothing declares could not be checked."""
    with pytest.raises(ValueError, match="anything: expected annotated arguments, got \\*\\*more"):

        @trait
        def anything(part: Part, **more: Any) -> Verdict: ...
