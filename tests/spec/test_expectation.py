"""Combined expectations: their verdicts and the evidence that decided them."""

import pytest

from pytest_qwen.files.yaml_lines import SpecError, parse
from pytest_qwen.model_io.reply import Finish, Reply, ThinkingState
from pytest_qwen.spec.expectation import parse_expectation
from pytest_qwen.traits.verdict import Part


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
            "e.yaml:1: move `at_least` beside the outermost trait or combination: it counts samples",
        ),
        (
            "{starts_with: a, at_lest: 1}",
            "e.yaml:1: expected one trait an item, got 'starts_with' and 'at_lest': did you mean 'at_least'?",
        ),
        ("any: starts_with", "e.yaml:1: expected a list of traits under 'any', got 'starts_with'"),
        ("3", "e.yaml:1: expected a trait, got 3: such as `starts_with: …`"),
        (
            "{any: [starts_with: a], of: text}",
            "e.yaml:1: move `of` to the traits inside `any`: each judges its own part",
        ),
        (
            "{any: [finish: stop, distinct_2: {at_least: 0.5}]}",
            "e.yaml:1: expected under 'any' traits of single samples or of all samples at once, got finish 'stop' and distinct_2 {'at_least': 0.5}: make them expectations of their own",
        ),
        (
            "{distinct_n: {n: 2, at_most: 0.5}, at_least: 0.5}",
            "e.yaml:1: move `at_least` inside `distinct_n`: it judges all samples together",
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


CUT = {
    "text": "2+2 is",
    "thinking": "2+2 is",
    "answer": "",
    "thinking_state": ThinkingState.UNCLOSED_TRUNCATED,
    "finish": Finish.LENGTH,
    "n_thinking_tokens": 4,
}


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("contains: so", None),
        ("not: {contains: so}", None),
        ("length: {at_most: 9}", None),
        ("{contains: 2+2, of: thinking}", True),
        ("{contains: 2+2, of: text}", True),
        ("finish: length", True),
        ("finish: stop", False),
        ("thinking: unclosed_truncated", True),
        ("thinking: closed", False),
        ("any: [{contains: so}, {finish: length}]", True),
        ("any: [{contains: so}, {finish: stop}]", None),
        ("all: [{contains: so}, {finish: length}]", None),
        ("all: [{contains: so}, {finish: stop}]", False),
        ("none: [{contains: so}, {finish: length}]", False),
        ("none: [{contains: so}, {finish: stop}]", None),
    ],
)
def test_an_answer_that_was_never_come_to_is_not_judged(text, passed):
    """A reply cut off in its thought has no answer, neither a good one nor a bad one."""
    verdict = judge(text, **CUT)
    assert verdict.passed is passed
    if passed is None:
        assert verdict.got == "no answer, cut off after 4 tokens of thinking"
        assert verdict.evidence()["truncated"] is True


def over_replies(spec, *answers):
    said = [Reply(text=answer, answer=answer) for answer in answers]
    return expectation(spec).check.judge([Part.of_reply(reply) for reply in said])


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("distinct_1: {at_least: 0.7}", True),
        ("distinct_1: {at_least: 0.8}", False),
        ("not: {distinct_1: {at_least: 0.8}}", True),
        ("all: [{distinct_1: {at_least: 0.7}}, {distinct_2: {at_most: 0.5}}]", False),
        ("any: [{distinct_1: {at_least: 0.8}}, {not: {distinct_2: {at_most: 0.5}}}]", True),
        ("distinct_n: {n: 3, at_least: 0}", None),
        ("not: {distinct_n: {n: 3, at_least: 0}}", None),
    ],
)
def test_expectations_over_all_samples(text, passed):
    """They are combined like others; where a measure is not defined, nothing passes."""
    verdict = over_replies(text, "a b", "a c")
    assert verdict.passed is passed
    assert verdict.evidence()["over"] == "replies"
    assert verdict.evidence()["n_replies"] == 2


def test_of_chooses_the_part_of_every_sample():
    """The thoughts of the samples may be compared; a cut off thought is one as well."""
    replies = [Reply(**CUT), Reply(text="", thinking="2+2 is", answer="4")]
    parts = [Part.of_reply(reply) for reply in replies]
    assert expectation("{distinct_1: {at_most: 0.5}, of: thinking}").check.judge(parts).passed
    verdict = expectation("distinct_1: {at_least: 1}").check.judge(parts)
    assert verdict.passed
    assert (verdict.values["n_replies"], verdict.values["n_truncated"]) == (1, 1)
