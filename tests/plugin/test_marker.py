"""Tests in Python: the behavior marker and the model fixtures."""

import pytest


def write(project, text):
    project.write("behaviors/test_python.py", text)


MARKED = """\
from pytest_qwen import behavior

@behavior(role="reasoning", prompt="9.3和9.15哪个更大？", samples=3, seed=0)
def test_thinks(replies):
    assert [r.sample for r in replies] == [0, 1, 2]
    assert all(r.thinking_state == "closed" for r in replies)
    assert all(r.n_thinking_tokens > 0 for r in replies)

@behavior(role="base", prompt="从前", max_new_tokens=5, temperature=0)
def test_continues(reply):
    assert reply.finish == "length"
    assert len(reply.token_ids) == 5
"""


def test_marked_tests_get_their_replies(project):
    """`replies` has every sample, `reply` the first; sampling parameters are arguments."""
    write(project, MARKED)
    project.run().assert_outcomes(passed=2)
    samples = [line for line in project.lines() if line["kind"] == "sample"]
    assert [s["role"] for s in samples] == ["reasoning"] * 3 + ["base"]
    assert [v["trait"] for s in samples for v in s["verdicts"]] == ["test"] * 4


@pytest.mark.parametrize(("role", "n"), [("reasoning", 1), ("base", 1), ("instruct", 0)])
def test_marked_tests_are_selected_by_role(project, role, n):
    """`-m reasoning` finds Python tests too."""
    write(project, MARKED)
    assert project.run("-m", role).parseoutcomes().get("passed", 0) == n


def test_a_failed_assert_is_the_verdict(project):
    """The record has the assert as evidence, for every sample of the test."""
    write(project, MARKED.replace("== 5", "== 6"))
    result = project.run("-m", "base")
    result.assert_outcomes(failed=1)
    verdict = next(line for line in project.lines() if line["kind"] == "sample")["verdicts"][0]
    assert verdict["passed"] is False
    assert "AssertionError" in verdict["evidence"]["got"]


def test_models_can_be_talked_to(project):
    """`chat` and `complete` return replies; the same seed says the same, another another."""
    write(
        project,
        """\
def test_chat(qwen_instruct):
    reply = qwen_instruct.chat("用一句话介绍水稻。", seed=7)
    assert reply.finish == "stop"
    assert reply == qwen_instruct.chat("用一句话介绍水稻。", seed=7)
    assert reply.n_prompt_tokens > 5

def test_conversation(qwen_reasoning):
    messages = [{"role": "system", "content": "你是助手。"}, {"role": "user", "content": "你好！"}]
    thinks = qwen_reasoning.chat(messages)
    direct = qwen_reasoning.chat(messages, thinking=False)
    assert thinks.thinking_state == "closed"
    assert direct.thinking_state == "absent"

def test_complete(qwen_base, qwen_family):
    texts = {qwen_base.complete("从前", seed=s, max_new_tokens=20).text for s in range(4)}
    assert len(texts) > 1
    assert qwen_family["base"] == qwen_base
""",
    )
    project.run().assert_outcomes(passed=3)


def test_a_misspelt_option_is_told(project):
    """As the marker tells it."""
    write(project, "def test_chat(qwen_instruct):\n    qwen_instruct.chat('你好！', sed=7)\n")
    project.run().stdout.fnmatch_lines(
        ["*TypeError: expected an option of a request, got 'sed': did you mean 'seed'[?]"]
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("role='reasonning', prompt='a'", "expected one of base, instruct, reasoning as role of @behavior, got 'reasonning': did you mean 'reasoning'?"),
        ("prompt='a'", "expected @behavior with role=…, got none"),
        ("role='base'", "expected @behavior with prompt=… or messages=…, got neither or both"),
        ("role='base', promt='a'", "expected an argument of @behavior, got 'promt': did you mean 'prompt'?"),
        ("role='base', prompt='a', temperature=-1", "expected at least 0 as temperature of @behavior, got -1"),
        ("role='base', prompt='a', samples=0", "expected at least 1 as samples of @behavior, got 0"),
        ("role='base', prompt='a', seed='x'", "expected a whole number as seed of @behavior, got 'x'"),
        ("role='base', prompt='a', prompt_as='chatt'", "expected one of text, chat as prompt_as of @behavior, got 'chatt': did you mean 'chat'?"),
        ("role='base', prompt=''", "expected text of 1 or more characters as prompt of @behavior, got ''"),
        ("role='base', prompt='a')\n@behavior(role='base', prompt='b'", "expected one @behavior on a test, got more: write a test for each"),
        ("'base'", "expected @behavior(role=…, prompt=…), got 'base' unnamed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_a_wrong_marker_is_told_with_its_line(project, arguments, message, workers):
    """The mistake is a collection error of its file, on workers too; other files run."""
    write(
        project,
        f"from pytest_qwen import behavior\n\n@behavior({arguments})\ndef test_a(reply):\n    pass\n",
    )
    if workers and not arguments.startswith("'base'"):
        pytest.skip("one mistake on workers is enough")
    result = project.run(*workers)
    assert result.ret == (pytest.ExitCode.INTERRUPTED if not workers else result.ret)
    assert f"behaviors/test_python.py:3: {message}" in result.outlines
    assert result.parseoutcomes().get("errors", 0) + result.parseoutcomes().get("error", 0) >= 1


def test_replies_without_a_marker(project):
    """A test that asks for replies and has no marker is told what it lacks."""
    write(project, "def test_a(reply):\n    pass\n")
    project.run().stdout.fnmatch_lines(
        ["*expected @behavior(role=…, prompt=…) on test_a, which uses repl*, got none"]
    )
