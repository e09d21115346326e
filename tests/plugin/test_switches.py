"""What the chat template is told: by a behavior, by a family; never without effect, never unsaid."""

from pathlib import Path

import pytest

ZOO = Path(__file__).parents[1] / "family" / "templates"


def template(name):
    """Return what gives a checkpoint another template."""

    def change(folder):
        (folder / "chat_template.jinja").write_text((ZOO / f"{name}.jinja").read_text("utf-8"))

    return change


def prompts(project):
    """Return the tokens of the prompts of the record."""
    samples = [line for line in project.lines() if line["kind"] == "sample"]
    return {s["reply"]["n_prompt_tokens"] for s in samples}


def test_a_behavior_tells_the_template(project):
    """A switch changes the prompt, and is part of the request's key; parameters fill it."""
    option = project.damaged("reasoning", template("qwen3.8"))
    effort = {"parameters": "{effort: [xhigh, low]}", "template": '{reasoning_effort: "{effort}"}'}
    project.behavior("{reasoning: [{finish: [stop, length]}]}", "says", **effort)
    project.run(option).assert_outcomes(passed=2)
    assert len(prompts(project)) == 2
    keys = {line["reply"]["request_key"] for line in project.lines() if line["kind"] == "sample"}
    assert len(keys) == 2


def test_thinking_off_by_a_behavior(project):
    """The behavior goes before what the family says of the role; a bare text has no template."""
    project.behavior(
        "{reasoning: [{thinking: absent}], base: [{finish: [stop, length]}]}",
        template="{enable_thinking: false}",
    )
    project.run().assert_outcomes(passed=2)


def test_a_family_tells_the_template(project):
    """For one role; the behavior goes before it."""
    folder = project.damaged("reasoning", template("qwen3.8")).partition("=")[2].partition("=")[2]
    project.write(
        "f.yaml",
        f"family: f\nhub: local\nreasoning: {{checkpoint: {folder}, template: {{reasoning_effort: low}}}}",
    )
    project.behavior("{reasoning: [{finish: [stop, length]}]}", "low")
    project.behavior(
        "{reasoning: [{finish: [stop, length]}]}", "xhigh", template="{reasoning_effort: xhigh}"
    )
    project.run("--qwen-family=f.yaml").assert_outcomes(passed=2)
    assert len(prompts(project)) == 2


def test_a_switch_that_the_template_ignores_is_an_error(project):
    """A behavior that tests nothing must not pass."""
    option = project.damaged("reasoning", template("qwen3.5"))
    project.behavior("{reasoning: [{thinking: closed}]}", template="{reasoning_efort: low}")
    result = project.run(option)
    result.assert_outcomes(failed=1)
    expected = "*/damaged-reasoning/chat_template.jinja: expected under `template` what the chat template reads"
    ignored = "got 'reasoning_efort', which it ignores: use one of add_generation_prompt, *"
    result.stdout.fnmatch_lines([f"{expected}, {ignored}"])
    assert [line["error"]["kind"] for line in project.lines() if line["kind"] == "sample"] == [
        "engine"
    ]


def test_a_value_that_the_template_refuses_is_an_error(project):
    """The template's own words are told, with its file."""
    option = project.damaged("reasoning", template("qwen3.8"))
    project.behavior("{reasoning: [{thinking: closed}]}", template="{reasoning_effort: extreme}")
    result = project.run(option)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*/chat_template.jinja: the chat template cannot be rendered: unknown reasoning_effort extreme"
        ]
    )


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "it takes too much time"),
        ("{{ 'a' * 10**11 }}", "it takes more than 1024 MiB of memory"),
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe."),
    ],
)  # fmt: skip
def test_a_hostile_template_fails_its_cases_only(project, source, why):
    """The cases error with the file and the reason; other roles, and bare texts, go on."""
    option = project.damaged("reasoning", lambda f: (f / "chat_template.jinja").write_text(source))
    project.behavior("{reasoning: [{thinking: closed}], instruct: [{finish: stop}]}", "chats")
    project.behavior(
        "{reasoning: [{finish: [stop, length]}]}", "texts", prompt_as="{reasoning: text}"
    )
    result = project.run(option)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [f"*/chat_template.jinja: the chat template cannot be rendered: {why}"]
    )


def test_without_a_template_one_cannot_chat(project):
    """The case says what to do instead."""
    option = project.damaged("instruct", lambda folder: (folder / "chat_template.jinja").unlink())
    project.behavior("{instruct: [{finish: stop}]}")
    project.run(option).stdout.fnmatch_lines(
        ["*expected a chat template, got none: ask with `prompt_as` text"]
    )


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{messages: []}", "*says.yaml:4: expected a name that the chat template reads, not *, got 'messages'"),
        ("[a]", "*says.yaml:4: expected keys with values, got *"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_an_error_of_collection(project, said, message):
    """The prompt itself is not for `template` to say."""
    project.behavior("{instruct: [{finish: stop}]}", template=said)
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_a_marker_tells_the_template(project):
    """Python tests say the same, and a thinking budget too."""
    project.write(
        "behaviors/test_it.py",
        """\
from pytest_qwen import behavior

@behavior(role="reasoning", prompt="5.12和5.7哪个更大？", template={"enable_thinking": False})
def test_direct(reply):
    assert reply.thinking_state == "absent"

@behavior(role="reasoning", prompt="5.12和5.7哪个更大？", thinking_budget=4)
def test_cut(reply):
    assert reply.thinking_cut and reply.thinking_state == "closed"

def test_free(qwen_reasoning):
    said = qwen_reasoning.chat("5.12和5.7哪个更大？", template={"enable_thinking": False})
    assert said.thinking_state == "absent"
""",
    )
    project.run().assert_outcomes(passed=3)


def test_a_budget_in_yaml(project):
    """It is a sampling parameter, kept in the record with what it did."""
    project.behavior("{reasoning: [{thinking: closed}]}", sampling="{thinking_budget: 3}")
    project.run().assert_outcomes(passed=1)
    (sample,) = (line for line in project.lines() if line["kind"] == "sample")
    assert sample["reply"]["thinking_cut"] is True
    assert sample["reply"]["n_thinking_tokens"] == 2
