"""Lines of replies recorded elsewhere: what they are answered, and what is said of bad ones."""

from __future__ import annotations

import json

import pytest

from pytest_qwen.judging.line import LONGEST, judge_line


def case(output="结论：好。", trait="starts_with", args="结论：", **more):
    return {"id": 1, "output": output, "trait": trait, "args": args, **more}


def answer(**fields):
    return judge_line(json.dumps(case(**fields)).encode(), "c.jsonl", 3)


@pytest.mark.parametrize(
    ("fields", "passed"),
    [
        ({"output": "<think>结论：</think>好。"}, False),
        ({"output": "<think>嗯</think>结论：好。"}, True),
        ({"output": "嗯</think>结论：好。", "template_opens_think": True}, True),
        ({"output": "结论：好。", "template_opens_think": True}, False),
        ({"output": "<think>结论：</think>好。", "of": "thinking"}, True),
        ({"output": "[1]", "trait": "json", "args": None}, True),
        ({"output": "一。二。", "trait": "sentences", "args": {"at_most": 1}}, False),
        ({"output": "说：你好", "trait": "repeats_prompt", "args": None, "prompt": "你好"}, True),
        ({"output": "好", "trait": "finish", "args": "length", "finish": "length"}, True),
        (
            {"output": "好", "trait": "perplexity", "args": {"at_most": 2}, "mean_logprob": -0.6},
            True,
        ),
        ({"output": "好", "trait": "any", "args": [{"contains": "坏"}, {"contains": "好"}]}, True),
        ({"output": "好", "trait": "none", "args": ["asks_back", {"contains": "好"}]}, False),
        ({"output": "好", "trait": "not", "args": {"contains": "坏"}}, True),
        ({"output": "好", "trait": "all", "args": [{"length": 1}, {"contains": "好"}]}, True),
    ],
)
def test_traits_are_judged_as_in_yaml(fields, passed):
    """Parts, prompt, arguments and combinations mean what they mean in a behavior."""
    judged = answer(**fields)
    assert judged.problem is None
    assert judged.fields["passed"] is passed


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "a JSON object, got no JSON (Expecting property name enclosed in double quotes)"),
        (b"[1]", "a JSON object, got [1]"),
        (b"\xff", "UTF-8 text, got invalid start byte"),
        (b"[" * 100_000, "a JSON object, got no JSON (nested too deeply to read)"),
        (b'{"id": NaN}', "a JSON object, got no JSON (NaN is no JSON number)"),
        (b'{"id": 1, "id": 2}', "a JSON object, got no JSON (a key is given twice)"),
        (b'{"output": "", "trait": "json"}', "the key 'id', got none"),
        (
            b'{"id": ' + b"[" * 900 + b"]" * 900 + b', "output": "", "trait": "json"}',
            "text or a number as 'id', got list",
        ),
        (b'{"id": 1, "trait": "json"}', "the key 'output', got none"),
        (b'{"id": 1, "output": null, "trait": "json"}', "the key 'output', got none"),
        (b'{"id": 1, "output": 3, "trait": "json"}', "text as 'output', got 3"),
        (b'{"id": 1, "output": "", "trait": "json", "of": "x"}', "one of answer, thinking, text as 'of', got 'x'"),
        (b'{"id": 1, "output": "", "trait": "json", "template_opens_think": 1}', "true or false as 'template_opens_think', got 1"),
        (b'{"id": 1, "output": "", "trait": "perplexity", "mean_logprob": 2}', "at most 0 as 'mean_logprob', got 2"),
        (b'{"id": 1, "output": "", "trait": "jsn"}', "a trait, got 'jsn': did you mean 'json'?"),
        (b'{"id": 1, "output": "", "trait": "json", "args": {"key": []}}', "an argument of json, got 'key': did you mean 'keys'?"),
        (b'{"id": 1, "output": "", "trait": "of", "args": 1}', "one trait an item, got none"),
        (b'{"id": 1, "output": "", "trait": "at_least", "args": 0.5}', "one trait an item, got none"),
        (b'{"id": 1, "output": "", "trait": "any", "args": []}', "a list of traits under 'any', got []"),
        (b'{"id": 1, "output": "", "trait": "regex", "args": "(a"}', "regex with a regular expression of RE2, without look-around and backreferences (missing ): (a), got '(a'"),
        (b'{"id": 1, "output": "", "trait": "json", "expected": "yes"}', "true or false as `expected`, got 'yes'"),
        (b'{"id": 1, "output": "", "trait": "split_thinking", "expected": true}', "some of thinking, answer, thinking_state as `expected`, got True"),
    ],
    ids=lambda value: value[:60] if isinstance(value, bytes) else "",
)  # fmt: skip
def test_a_bad_line_says_what_was_expected(line, told):
    """The place, what was expected, what came, and what to do; the answer says it as well."""
    judged = judge_line(line, "c.jsonl", 3)
    assert str(judged.problem).startswith(f"c.jsonl:3: expected {told}")
    assert judged.fields["passed"] is None
    assert judged.fields["evidence"]["error"].startswith(f"expected {told}")


@pytest.mark.parametrize("depth", [50, 5000])
def test_deep_combinations_are_judged_or_told(depth):
    """A tree of traits that no one wrote by hand does not end the command."""
    args = '{"not": ' * depth + '{"contains": "好"}' + "}" * depth
    text = f'{{"id": 1, "output": "好", "trait": "not", "args": {args}}}'
    judged = judge_line(text.encode(), "c.jsonl", 3)
    assert judged.fields["passed"] is (False if depth == 50 else None)
    assert len(str(judged.problem)) < 500


def test_a_long_wrong_value_is_shown_in_part():
    """A message stays a line that can be read."""
    told = str(answer(args=["x" * 100_000]).problem)
    assert len(told) < LONGEST
    assert "xxx…xxx" in told


def test_other_keys_are_left_aside():
    """Lines from elsewhere have keys of their own, and null is as good as absent."""
    judged = answer(model="m", prompt=None, of=None, expected=None, line=7)
    assert judged.fields["passed"] is True
    assert judged.expected is None
