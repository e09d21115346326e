"""Behaviors: what a spec may say, what becomes of it, and the message for what it may not."""

import pytest

from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.spec.cases import expand
from pytest_qwen.spec.loading import load

GOOD = """\
behavior: summary_prefix
title: Keeps a prefix
tags: [format]
prompts:
  - id: rice
    text: 以‘{prefix}：’开头。
  - id: dialogue
    messages:
      - {role: system, content: 你是助手}
      - {role: user, content: "用{prefix}"}
parameters: {prefix: [结论, Key], n: [1, 2]}
samples: 2
seed: 7
expect:
  reasoning:
    - starts_with: "{prefix}："
      at_least: 0.5
  base:
    - any: [continuation_loop, {not: {sentences: "{n}"}}]
"""


def write(tmp_path, text):
    file = tmp_path / "b.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def cases(tmp_path, text=GOOD):
    (behavior,) = load(write(tmp_path, text), shown="b.yaml", tags={"format"})
    return expand(behavior)


def problems(tmp_path, text):
    file = write(tmp_path, text)
    with pytest.raises(SpecError) as error:
        [expand(behavior) for behavior in load(file, shown="b.yaml", tags={"format"})]
    return str(error.value).splitlines()


def test_cases_are_roles_by_prompts_by_parameters(tmp_path):
    """Ids are ASCII with the role first; a value that is not plain becomes name and number."""
    ids = [case.id for case in cases(tmp_path)]
    assert ids[:4] == [
        "base-rice-prefix0-1",
        "base-rice-prefix0-2",
        "base-rice-Key-1",
        "base-rice-Key-2",
    ]
    assert ids[-1] == "reasoning-dialogue-Key-2"
    assert len(ids) == 16


def test_parameters_fill_prompts_and_traits(tmp_path):
    """A text that is only `{n}` becomes the number, others are filled as text."""
    first = cases(tmp_path)[0]
    assert first.messages[0].content == "以‘结论：’开头。"
    assert str(first.expectations[0]) == "any of (continuation_loop, not sentences 1)"
    assert str(cases(tmp_path)[-1].expectations[0]) == "starts_with 'Key：'"


def test_a_number_keeps_its_spelling(tmp_path):
    """9.10 is asked as 9.10, and a value may be text that looks like a number."""
    text = GOOD.replace("prefix: [结论, Key]", "prefix: [9.10, '9.8']")
    assert [c.messages[0].content for c in cases(tmp_path, text)[:4:2]] == [
        "以‘9.10：’开头。",
        "以‘9.8：’开头。",
    ]


def test_double_braces_are_braces(tmp_path):
    """With parameters, `{{name}}` is how a prompt writes `{name}` itself."""
    text = GOOD.replace("以‘{prefix}：’开头。", "\"{prefix} {{name}} {'a': 1}\"")
    assert cases(tmp_path, text)[0].messages[0].content == "结论 {name} {'a': 1}"


def test_one_mistake_in_a_list_is_told_once(tmp_path):
    """A prompt that cannot be read does not also make its list too short."""
    text = "behavior: x\nprompts: [{id: a, txt: b, text: c}]\nexpect: {base: [asks_back]}\n"
    assert len(problems(tmp_path, text)) == 1


def test_a_case_asks_for_its_samples(tmp_path):
    """Requests carry seed and sample number; base is prompted with bare text, others through chat."""
    base, reasoning = cases(tmp_path)[0], cases(tmp_path)[-1]
    assert [(r.seed, r.sample, r.prompt_as) for r in base.requests()] == [
        (7, 0, "text"),
        (7, 1, "text"),
    ]
    assert len(reasoning.requests(5)) == 5
    assert reasoning.requests()[0].prompt_as == "chat"
    assert reasoning.requests()[0].asked == "用Key"
    assert reasoning.requests()[0].text == "你是助手\n\n用Key"


def test_expectations_keep_their_lines_and_shares(tmp_path):
    """`at_least` is a share of the samples, 1 where it is not said."""
    base, reasoning = cases(tmp_path)[0], cases(tmp_path)[-1]
    assert (base.expectations[0].line, base.expectations[0].at_least) == (19, 1.0)
    assert (reasoning.expectations[0].line, reasoning.expectations[0].at_least) == (16, 0.5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title:", "titel:", "b.yaml:2: expected a known key, got 'titel': did you mean 'title'?"),
        (
            "[format]",
            "[fromat]",
            "b.yaml:3: expected a tag declared in the configuration (`qwen_tags`), got 'fromat': did you mean 'format'?",
        ),
        (
            "[format]",
            "[zzz]",
            "b.yaml:3: expected a tag declared in the configuration (`qwen_tags`), got 'zzz': write qwen_tags = [\"zzz: what it is about\"] there",
        ),
        (
            "    text: 以",
            "    txet: 以",
            "b.yaml:6: expected a known key, got 'txet': did you mean 'text'?",
        ),
        (
            "    text: 以‘{prefix}：’开头。\n",
            "",
            "b.yaml:5: expected either `text` or `messages`, got neither or both",
        ),
        ("id: dialogue", "id: rice", "b.yaml:7: expected a new prompt id, got 'rice'"),
        (
            "id: dialogue",
            "id: 对话",
            "b.yaml:7: expected at most 80 ASCII letters, digits and . _ -, got '对话'",
        ),
        (
            "role: user",
            "role: usr",
            "b.yaml:10: expected one of system, user, assistant, tool, got 'usr': did you mean 'user'?",
        ),
        ("samples: 2", "samples: 0", "b.yaml:12: expected at least 1, got 0"),
        ("seed: 7", "seed: -1", "b.yaml:13: expected at least 0, got -1"),
        (
            "seed: 7",
            "sampling: {temprature: 1}",
            "b.yaml:13: expected a known key, got 'temprature': did you mean 'temperature'?",
        ),
        (
            "reasoning:",
            "reasonning:",
            "b.yaml:15: expected one of base, instruct, reasoning, got 'reasonning': did you mean 'reasoning'?",
        ),
        (
            "starts_with:",
            "start_with:",
            "b.yaml:16: expected a trait, got 'start_with': did you mean 'starts_with'?",
        ),
        (
            '"{prefix}："',
            "{prefx: x}",
            "b.yaml:16: expected an argument of starts_with, got 'prefx': did you mean 'prefix'?",
        ),
        (
            '"{prefix}："',
            "{prefix: 3}",
            "b.yaml:16: expected text as 'prefix' of starts_with, got 3: put it in quotes",
        ),
        (
            "at_least: 0.5",
            "at_least: 3",
            "b.yaml:17: expected a share in (0, 1], got 3: such as 0.75",
        ),
        ("at_least: 0.5", "of: tail", "b.yaml:17: expected answer or thinking or text, got 'tail'"),
        (
            "{prefix}：’",
            "{prefx}：’",
            "b.yaml:6: expected a declared parameter, got {prefx}: did you mean 'prefix'?",
        ),
        (
            "n: [1, 2]",
            "n: [1, 2], m: [1]",
            "b.yaml:11: parameter {m} is never used: write {m} in a prompt or a trait, or remove it",
        ),
        ("n: [1, 2]", "n: [1, true]", "b.yaml:11: expected text, got True: put it in quotes"),
        (
            "prefix: [结论, Key]",
            "prefix: [结论, prefix0]",
            "b.yaml:11: expected one id a case, got 'rice-prefix0-1' twice: give the values other spellings",
        ),
        (
            "text: 以‘{prefix}：’开头。",
            "text: 9.8",
            "b.yaml:6: expected text, got 9.8: put it in quotes",
        ),
        ("id: rice", "id: 1", "b.yaml:5: expected text, got 1: put it in quotes"),
        (
            "behavior: summary_prefix",
            "behavior: setup_module",
            "b.yaml:1: expected at most 80 ASCII letters, digits and _, not beginning with _, pytest, setup or teardown, got 'setup_module'",
        ),
        (
            "- any: [continuation_loop",
            "- any: [{finish: stop, at_least: 0.5}",
            "b.yaml:19: move `at_least` beside the outermost trait or combination: it counts samples",
        ),
        (
            "n: [1, 2]",
            "n: []",
            "b.yaml:11: expected 1 or more items, got []",
        ),
    ],
)
def test_messages_name_the_line_and_the_nearest_name(tmp_path, old, new, message):
    """Each mistake is told where it is, with what was expected and what came."""
    assert old in GOOD
    found = problems(tmp_path, GOOD.replace(old, new, 1))
    assert message.replace("did you mean 'prefix'?", "did you mean 'prefix'?") in found


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path):
    """Nobody has to run the collection once for each mistake."""
    text = GOOD.replace("samples: 2", "samples: two").replace("title:", "titel:")
    assert [p.split(":")[1] for p in problems(tmp_path, text)] == ["2", "12"]


def test_the_least_that_a_behavior_needs_is_said(tmp_path):
    """A file with nothing but a name lists the missing keys."""
    found = problems(tmp_path, "behavior: x\n")
    assert "b.yaml:1: expected the key 'prompts', got none: add it" in found
    assert "b.yaml:1: expected the key 'expect', got none: add it" in found


def test_a_role_without_expectations_must_have_a_snapshot(tmp_path):
    """A case that checks nothing is refused."""
    text = "behavior: x\nprompts: [{id: a, text: b}]\nexpect: {base: []}\n"
    assert problems(tmp_path, text) == [
        "b.yaml:3: expected something to check, got none: add a trait, or `snapshot: true`"
    ]
    assert len(cases(tmp_path, text + "snapshot: true\n")) == 1


def test_one_name_is_one_behavior(tmp_path):
    """Two documents of a file cannot share a name."""
    text = "behavior: x\nprompts: [{id: a, text: b}]\nexpect: {base: [asks_back]}\n"
    assert problems(tmp_path, text + "---\n" + text) == [
        "b.yaml:5: expected a new name, got 'x': b.yaml:1 has it"
    ]
