"""Combined expectations: their verdicts and the evidence that decided them."""

import pytest

from pytest_qwen.core.expect import parse_expectation
from pytest_qwen.core.reply import Reply
from pytest_qwen.core.source import SpecError, parse
from pytest_qwen.core.verdict import Part


def expectation(text):
    (document,) = parse(text, "e.yaml")
    return parse_expectation(document.data, document, ())


def judge(spec, answer="结论：水稻是粮食。", **reply):
    said = Reply(**{"text": answer, "answer": answer, **reply})
    return expectation(spec).check.judge(Part.of_reply(said))


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("starts_with: 结论", True),
        ("not: {starts_with: 结论}", False),
        ("all: [{starts_with: 结论}, {ends_with: 。}]", True),
        ("all: [{starts_with: 结论}, {ends_with: ！}]", False),
        ("any: [{starts_with: 要点}, {ends_with: 。}]", True),
        ("any: [{starts_with: 要点}, {ends_with: ！}]", False),
        ("none: [{starts_with: 要点}, {ends_with: ！}]", True),
        ("none: [{starts_with: 要点}, {ends_with: 。}]", False),
        ("not: {any: [{starts_with: 要点}, {not: {ends_with: 。}}]}", True),
    ],
)
def test_combinators(text, passed):
    """all, any, not and none mean what they say, nested too."""
    assert judge(text).passed is passed


def test_evidence_is_of_the_checks_that_decided():
    """A failed `all` shows the failed part, a failed `any` every part."""
    verdict = judge("all: [{starts_with: 结论}, {ends_with: ！}]")
    assert (verdict.got, verdict.spans) == ("'。' at the end", ((8, 9),))
    verdict = judge("any: [{starts_with: 要点}, {ends_with: ！}]")
    assert verdict.got == "'结论' at the start; '。' at the end"


def test_of_chooses_the_part():
    """A trait judges the answer unless another part is named."""
    said = {"answer": "b", "thinking": "a", "text": "<think>a</think>b"}
    assert judge("starts_with: b", **said).passed
    verdict = judge("{starts_with: a, of: thinking}", **said)
    assert verdict.passed
    assert verdict.of == "thinking"
    assert str(expectation("{starts_with: a, of: thinking}")) == "starts_with 'a' of thinking"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{starts_with: a, ends_with: b}",
            "e.yaml:1: expected one trait an item, got 'starts_with' and 'ends_with'",
        ),
        (
            "{not: {starts_with: a, at_least: 1}}",
            "e.yaml:1: expected `at_least` beside the outermost trait or combination, got it inside one",
        ),
        (
            "{starts_with: a, at_lest: 1}",
            "e.yaml:1: expected one trait an item, got 'starts_with' and 'at_lest': did you mean 'at_least'?",
        ),
        ("any: starts_with", "e.yaml:1: expected a list of traits under 'any', got 'starts_with'"),
        ("3", "e.yaml:1: expected a trait, got 3: such as `starts_with: …`"),
        (
            "{any: [starts_with: a], of: text}",
            "e.yaml:1: expected `of` on the traits in 'any', got it beside",
        ),
        (
            "starts_with",
            "e.yaml:1: expected starts_with with 'prefix', got none: write `starts_with: …`",
        ),
    ],
)
def test_mistakes(text, message):
    """What is no expectation is told with its line."""
    with pytest.raises(SpecError) as error:
        expectation(text)
    assert str(error.value) == message
