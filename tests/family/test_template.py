"""Templates are rendered as transformers does it, and hostile ones cannot harm or hold up a run."""

import json
import shutil
import time
from pathlib import Path

import pytest
import transformers

from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.template import (
    MAX_BYTES,
    Template,
    TemplateError,
    TemplateKilledError,
    read_template,
)
from pytest_qwen.family.tokens import read_tokens
from tests.conftest import TINY

TEMPLATES = sorted((Path(__file__).parent / "templates").glob("*.jinja"))
FILE = Path("some/chat_template.jinja")

CALL = {"type": "function", "function": {"name": "weather", "arguments": {"城市": "北京", "n": 2}}}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CONVERSATIONS = [
    [{"role": "user", "content": "你好！"}],
    [{"role": "system", "content": "Be brief. "}, {"role": "user", "content": "Hi <b>\n\n"}],
    [
        {"role": "user", "content": "1+1?"},
        {"role": "assistant", "content": "<think>\n想\n</think>\n\n2"},
        {"role": "user", "content": "/no_think 2+2?"},
    ],
    [
        {"role": "user", "content": "天气？"},
        {"role": "assistant", "content": "", "reasoning_content": "查", "tool_calls": [CALL]},
        {"role": "tool", "content": '{"t": 21}'},
    ],
]
SAID = [{}, {"enable_thinking": False}, {"enable_thinking": True}, {"tools": [TOOL]}]


@pytest.fixture
def folder(tmp_path):
    """A checkpoint's files without weights, and without a template."""
    for name in ("tokenizer.json", "tokenizer_config.json", "config.json"):
        shutil.copy(TINY / "reasoning" / name, tmp_path)
    return tmp_path


def ours(folder):
    template = read_template(folder, read_tokens(folder))
    assert template
    return template


def same(folder):
    """Compare our prompts with those of transformers, texts and token ids."""
    theirs, template = transformers.AutoTokenizer.from_pretrained(folder), ours(folder)
    compared = 0
    for messages in CONVERSATIONS:
        for said in SAID:
            asked = {"add_generation_prompt": True, **said}
            try:
                text = theirs.apply_chat_template(messages, tokenize=False, **asked)
            except Exception as error:  # noqa: BLE001 - what the template raises
                with pytest.raises(TemplateError, match=str(error)[:40]):
                    template.render(messages, **said)
                continue
            rendered = template.render(messages, **said)
            assert rendered == text
            ids = theirs.apply_chat_template(messages, **asked)["input_ids"]
            assert theirs(rendered, add_special_tokens=False)["input_ids"] == ids
            compared += 1
    return compared


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_prompts_are_those_of_transformers(folder, path):
    """Every template of the zoo gives the text and the token ids of `apply_chat_template`."""
    shutil.copy(path, folder / "chat_template.jinja")
    assert same(folder) >= len(CONVERSATIONS) * (len(SAID) - 1)


@pytest.mark.parametrize("role", ["base", "instruct", "reasoning"])
def test_prompts_of_the_tiny_family_are_those_of_transformers(role):
    """The templates that ship with the package, too."""
    theirs = transformers.AutoTokenizer.from_pretrained(TINY / role)
    for messages in CONVERSATIONS[:3]:
        text = theirs.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        assert ours(TINY / role).render(messages) == text


ODD = {
    "whitespace": "  {% if true %}\n  a\n  {% endif %}\n{{ eos_token }}|{{ pad_token }}|{{ bos_token }}\n",
    "json": "{{ {'b': '<é>', 'a': [1, none, true]} | tojson }}{{ [1] | tojson(indent=2) }}"
    "{{ {'b': 1, 'a': 2} | tojson(sort_keys=true, separators=(',', ':')) }}",
    "loops": "{% for m in messages %}{% if loop.index > 1 %}{% break %}{% endif %}{{ m.role }}{% endfor %}",
    "generation": "{% set x = 1 %}{% generation %}{% set x = 2 %}a{{ x }}{% endgeneration %}{{ x }}",
    "names": "{% set n = namespace(a=1) %}{% set n.a = 2 %}{{ n.a }}{{ dict(a=1).a }}{{ dict(a=1) }}",
    "undefined": "{{ nothing }}{{ nothing is defined }}{{ messages[0].no_such_key }}{{ tools }}{{ documents }}",
    "clock": "{{ strftime_now('%Y-%m-%d') }}",
}


@pytest.mark.parametrize("name", ODD)
def test_what_templates_can_use_is_what_transformers_gives(folder, name):
    """Filters, loops, tags and globals of transformers are here, and behave alike."""
    (folder / "chat_template.jinja").write_text(ODD[name], encoding="utf-8")
    assert same(folder) == len(CONVERSATIONS) * len(SAID)


def test_a_template_may_stand_in_the_tokenizer_config(folder):
    """As a text, or as a list of which `default` is taken; a file of its own goes before it."""
    config = json.loads((folder / "tokenizer_config.json").read_text())
    for said in (
        "a{{ eos_token }}",
        [{"name": "default", "template": "b"}, {"name": "x", "template": "c"}],
    ):
        (folder / "tokenizer_config.json").write_text(json.dumps({**config, "chat_template": said}))
        assert same(folder)
    (folder / "chat_template.jinja").write_text("d")
    assert same(folder)
    assert ours(folder).render([]) == "d"


def test_without_a_template_there_is_none(folder):
    """A base checkpoint may have none."""
    assert read_template(folder, read_tokens(folder)) is None


@pytest.mark.parametrize("said", ["x" * (MAX_BYTES + 1), 7, {"default": "x"}])
def test_what_is_no_template_is_refused(folder, said):
    """The file is named."""
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": said}))
    with pytest.raises(
        CheckpointError, match=r"tokenizer_config.json: expected a chat template, got "
    ):
        read_template(folder, read_tokens(folder))


def test_a_template_that_is_no_text_is_refused(folder):
    """A file that is not UTF-8 is named."""
    (folder / "chat_template.jinja").write_bytes(b"\xff")
    with pytest.raises(CheckpointError, match=r"chat_template\.jinja: expected UTF-8 text, got "):
        read_template(folder, read_tokens(folder))


HOSTILE = {
    "{% set r = range(99999) %}{% for i in r %}{% for j in r %}{% endfor %}{% endfor %}": "takes too much time",
    "{% for i in range(10**9) %}{% endfor %}": "Range too big",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}": "recursion",
    "{{ " + "(" * 50_000 + "1" + ")" * 50_000 + " }}": "recursion",
    "{{ 'a' * 10**10 }}": "memory",
    "{{ '%99999999999d' % 1 }}": "memory",
    "{{ 'a'.center(10**11) }}": "memory",
    "{{ 7 ** (10 ** 9) }}": "takes too much time",
    "{% set n = namespace(s='aaaa') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}": "memory",
    "{% for i in range(90000) %}{% for j in range(90000) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}"
    "{% endfor %}": "more than 16,777,216 characters",
    "{{ ''.__class__.__mro__ }}": "unsafe",
    "{{ cycler.__init__.__globals__ }}": "unsafe",
    "{{ namespace.__init__.__globals__ }}": "unsafe",
    "{{ strftime_now.__globals__.sys }}": "unsafe",
    "{{ namespace(__class__=1) }}": "no attribute '__class__'",
    "{% set n = namespace() %}{% set n._x = 1 %}": "no attribute '_x'",
    "{{ (''|attr('format'))('{0.__class__.__mro__}', 1) ~ ''.format.__self__.__class__.__mro__ }}": "unsafe",
    "{{ messages.append(1) }}": "unsafe",
    "{% include '/etc/passwd' %}": "no loader",
    "{% if %}": "Expected an expression",
    "{{ raise_exception('a\nb') }}": "rendered: a$",
}  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_template_is_an_error_in_time(source):
    """Escape, endless loop, huge text: one line with the file and the reason, within seconds."""
    start = time.monotonic()
    with pytest.raises(TemplateError, match=HOSTILE[source]) as error:
        Template(source, FILE).render([{"role": "user", "content": "x"}])
    assert str(error.value).startswith(f"{FILE}: the chat template cannot be rendered: ")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 1000
    assert time.monotonic() - start < 30


def test_a_template_that_was_stopped_is_not_tried_again():
    """A thousand cases would wait a thousand times; what merely failed is tried again."""
    slow = "{% if enable_thinking %}{{ 7 ** (10 ** enable_thinking) }}{% endif %}a"
    template = Template(slow, FILE)
    assert template.render([]) == "a"
    with pytest.raises(TemplateKilledError):
        template.render([], enable_thinking=9)
    start = time.monotonic()
    with pytest.raises(TemplateKilledError, match="takes too much time"):
        template.render([])
    assert time.monotonic() - start < 1
    large = Template("{% if enable_thinking %}{{ 'a' * 10**10 }}{% endif %}{{ missing }}b", FILE)
    with pytest.raises(TemplateError, match="memory"):
        large.render([], enable_thinking=True)
    assert large.render([]) == "b"


def test_a_lone_surrogate_comes_through():
    """Broken text of a spec is the tokenizer's to refuse, not the renderer's."""
    assert (
        Template("{{ messages[0].content }}", FILE).render([{"content": "\ud800水"}]) == "\ud800水"
    )
