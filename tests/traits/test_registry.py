"""The registry: what a trait function must be, and what is said of one that is not."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pytest_qwen.messages.reason import in_language
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.traits import registry
from pytest_qwen.traits.registry import (
    BadArguments,
    UnknownName,
    bind,
    bind_measure,
    measure,
    trait,
)
from pytest_qwen.traits.verdict import Part, Verdict

PART = Part("abc", Reply(text="abc"))


@pytest.fixture(autouse=True)
def _own_traits(monkeypatch):
    registry.traits()
    monkeypatch.setattr(registry, "_traits", dict(registry._traits))
    monkeypatch.setattr(registry, "_measures", dict(registry._measures))


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


def test_a_measure_gives_a_number_over_the_samples():
    """Bound by name with arguments, a measure is called with the parts of a case's samples."""

    @measure
    def share_of(parts: Sequence[Part], letter: str) -> float:
        return sum(letter in part.text for part in parts) / len(parts)

    parts = [PART, replace(PART, reply=Reply(text="", answer="xyz"))]
    assert bind_measure("share_of", "x")(parts) == 0.5
    assert bind_measure("share_of", {"letter": "q"}, of="text")(parts) == 0
    assert str(bind_measure("share_of", "x")) == "share_of 'x'"


def test_a_measure_with_bounds_is_a_trait():
    """Over all samples at once; the verdict has the number."""
    bound = bind("distinct_n", {"n": 1, "at_least": 0.5, "at_most": 0.9})
    parts = [Part("a b", PART.reply), Part("a c", PART.reply)]
    verdict = bound(parts)
    assert (verdict.passed, verdict.got) == (True, "distinct_n 0.75")
    assert verdict.values["distinct_n"] == 0.75
    assert not bind("distinct_n", {"n": 1, "at_least": 0.76})(parts).passed
    assert not bind("distinct_n", {"n": 1, "at_most": 0.74})(parts).passed
    assert bind("distinct_n", {"n": 1, "at_least": 0.75, "at_most": 0.75})(parts).passed


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (2, "expected distinct_n with at_least or at_most, got 2: such as `distinct_n: {at_least: …}`"),
        ({"n": 2}, "expected distinct_n with at_least or at_most, got {'n': 2}"),
        ({"n": 0, "at_most": 1}, "expected distinct_n with n of 1 or more, got {'n': 0, 'at_most': 1}"),
        ({"at_last": 1}, "expected an argument of distinct_n, got 'at_last': did you mean 'at_least'?"),
        (
            {"at_least": 0.5, "at_most": 0.4},
            "expected distinct_n with at_least no greater than at_most, got {'at_least': 0.5, 'at_most': 0.4}",
        ),
        ({"at_least": "nan"}, "expected a finite number as 'at_least' of distinct_n, got 'nan'"),
    ],
)  # fmt: skip
def test_bounds_of_a_measure_are_checked(raw, message):
    """A bound that is missing, misspelt or impossible is refused as other arguments are."""
    with pytest.raises(BadArguments) as error:
        bind("distinct_n", raw)
    assert str(error.value) == message


def test_a_measure_has_a_known_name_and_arguments():
    """What nobody registered is told with the nearest name; traits are no measures."""
    with pytest.raises(UnknownName, match="expected a measure, got 'distinct': did you mean"):
        bind_measure("distinct", None)
    with pytest.raises(UnknownName, match="expected a measure, got 'starts_with'"):
        bind_measure("starts_with", "a")
    with pytest.raises(BadArguments, match="expected distinct_2 without arguments, got 3"):
        bind_measure("distinct_2", 3)


def test_a_measure_gives_finite_numbers_only():
    """Not-a-number is an error of the measure; undefined is told by a ValueError."""

    @measure
    def broken(parts: Sequence[Part]) -> float:
        return float("nan")

    with pytest.raises(TypeError, match=r"\.broken: expected a finite number, got nan: raise a"):
        bind_measure("broken", None)([PART])
    with pytest.raises(ValueError, match="no reply with an answer"):
        bind_measure("distinct_2", None)([])
    with pytest.raises(ValueError, match="no run of 2 words in any sample"):
        bind_measure("distinct_2", None)([PART])


def test_traits_and_measures_share_their_names():
    """A name in a spec means one thing."""

    def starts_with(parts: Sequence[Part]) -> float: ...

    with pytest.raises(ValueError, match="'starts_with' is already registered by pytest_qwen"):
        measure(starts_with)


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


def test_final_is_taken_and_has_no_effect():
    """A trait of a user's that declares a final verdict goes on judging, with a warning."""
    told = (
        "the trait ready: `final=` has no effect any more, every reply runs to its end: remove it"
    )
    with pytest.warns(DeprecationWarning, match=told) as warned:

        @trait(final="passed")
        def ready(part: Part) -> Verdict:
            return Verdict(part.text == "x", part.text)

    assert warned[0].filename == __file__
    assert bind("ready", None)(Part("x", Reply(text="x"))).passed


@pytest.mark.parametrize("version", [0, True, "2", 1.5])
def test_a_version_is_a_number(version):
    """Whoever raises a version counts."""
    message = re.escape(f"fixed: version is {version!r}: write a whole number from 1 up")
    with pytest.raises(ValueError, match=message):

        @trait(version=version)
        def fixed(part: Part) -> Verdict: ...

    with pytest.raises(ValueError, match=message):

        @measure(version=version)
        def fixed(parts: Sequence[Part]) -> float: ...


def test_a_trait_and_a_measure_have_a_version():
    """1 where the decorator does not say it."""

    @trait(version=3)
    def third(part: Part) -> Verdict: ...

    @measure
    def first(parts: Sequence[Part]) -> float: ...

    @measure(version=2)
    def second(parts: Sequence[Part]) -> float: ...

    known = registry.traits()
    assert [known[name].version for name in ("third", "first", "second")] == [3, 1, 2]
    assert bind_measure("second", None).version == "2"


@pytest.mark.parametrize(
    ("name", "parts", "english", "chinese"),
    [
        (
            "pairwise_similarity",
            [PART],
            "no pairwise_similarity: fewer than two samples to compare",
            "无法计算 pairwise_similarity：可比较的样本不足两个",
        ),
        (
            "answer_length",
            [PART],
            "answer_length 1",
            "answer_length 1",
        ),
        (
            "length",
            Part.of_reply(Reply(text="", thinking_state="unclosed_truncated", n_thinking_tokens=1)),
            "no answer, cut off after 1 token of thinking",
            "没有回答：思考 1 个词元后被截断",
        ),
    ],
)
def test_what_has_no_verdict_says_why_in_both_languages(name, parts, english, chinese):
    """A number that is not defined, one that is, and an answer that was cut off."""
    verdict = bind(name, {"at_least": 1})(parts)
    assert verdict.got == english
    assert in_language(verdict.got, "zh") == chinese
