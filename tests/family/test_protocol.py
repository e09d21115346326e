"""The protocol of every Qwen generation is found by rendering a template of its kind."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_qwen.family.probe import opening_of
from pytest_qwen.family.protocol import read_protocol
from pytest_qwen.model_io.thinking import TagIds
from tests.conftest import TINY

TEMPLATES = Path(__file__).parent / "templates"

NEVER = {
    "opening": "plain",
    "opening_on": "plain",
    "opening_off": "plain",
    "mode": "never",
    "think": None,
}
ALWAYS = {"opening": "open", "opening_on": "open", "opening_off": "open", "mode": "always"}
ON = {"opening": "open", "opening_on": "open", "opening_off": "closed", "mode": "hybrid"}
NO_EFFORT = {"efforts": (), "effort": "", "effort_refuses": False}
EFFORT = {"efforts": ("low", "medium", "xhigh"), "effort": "xhigh", "effort_refuses": True}
DROPS = {"keeps_history": False, "keeps_inline": False, "keeps_current": True}
IGNORES = {"keeps_history": False, "keeps_inline": True, "keeps_current": False}
COMMON = {
    "problem": "", "think": ("<think>", "</think>"), "turn_end": "<|im_end|>", "soft_switch": "none",
    "preserve_thinking": None, "system": None, **NO_EFFORT,
}  # fmt: skip
KEEPS = {
    "keeps_history": True,
    "keeps_inline": True,
    "keeps_current": True,
    "preserve_thinking": True,
}
GENERATIONS = {
    "qwen2.5": {**NEVER, **IGNORES, "tools": "hermes", "system": "You are a test assistant."},
    "qwen3": {
        **DROPS, "opening": "plain", "opening_on": "plain", "opening_off": "closed",
        "mode": "hybrid", "soft_switch": "model", "tools": "hermes",
    },
    "qwen3-instruct-2507": {**NEVER, **IGNORES, "tools": "hermes"},
    "qwen3-thinking-2507": {**ALWAYS, **DROPS, "tools": "hermes"},
    "qwen3.5": {**ON, **DROPS, "tools": "xml"},
    "qwen3.5-small": {**ON, **DROPS, "opening": "closed", "tools": "xml"},
    "qwen3.6": {**ON, **DROPS, "tools": "xml", "preserve_thinking": False},
    "qwen3.8": {**ON, **KEEPS, **EFFORT, "tools": "xml"},
    "qwen3.8-always": {**ALWAYS, **KEEPS, **EFFORT, "opening_off": "refused", "tools": "xml"},
}  # fmt: skip


@pytest.fixture
def found(tmp_path):
    """Return a function that finds the protocol of a template, with the tiny family's tokens."""
    shutil.copytree(TINY / "reasoning", tmp_path / "model")

    def find(source: str):
        (tmp_path / "model" / "chat_template.jinja").write_text(source, encoding="utf-8")
        return read_protocol(tmp_path / "model")[0]

    return find


def test_every_template_of_the_zoo_is_a_generation():
    """No template is left out of the table."""
    assert {path.stem for path in TEMPLATES.glob("*.jinja")} == GENERATIONS.keys()


@pytest.mark.parametrize("name", GENERATIONS)
def test_generation(found, name):
    """Each row of the table of generations: thinking, switches, history, tools, system message."""
    protocol = found((TEMPLATES / f"{name}.jinja").read_text("utf-8"))
    expected = {**COMMON, **GENERATIONS[name]}
    assert {field: getattr(protocol, field) for field in expected} == expected
    ends = {"plain": "assistant\n", "open": "<think>\n", "closed": "</think>\n\n"}
    assert protocol.generation_prompt.endswith(ends[protocol.opening])
    assert protocol.generation_prompt.startswith("<|im_start|>assistant\n")


def test_names_do_not_matter(tmp_path):
    """A folder called after one generation with the template of another is the template's."""
    shutil.copytree(TINY / "reasoning", tmp_path / "Qwen3-4B-Instruct-2507")
    shutil.copy(
        TEMPLATES / "qwen3.5.jinja", tmp_path / "Qwen3-4B-Instruct-2507/chat_template.jinja"
    )
    assert read_protocol(tmp_path / "Qwen3-4B-Instruct-2507")[0].opening == "open"


def test_other_tags_are_found(found):
    """The tags are what the template writes around a thought."""
    source = (TEMPLATES / "qwen3.jinja").read_text("utf-8")
    protocol = found(source.replace("<think>", "<tool_call>").replace("</think>", "</tool_call>"))
    assert protocol.think == ("<tool_call>", "</tool_call>")
    assert protocol.tags == TagIds(2046, 2047, 2046)


def test_a_template_that_reads_the_soft_switch(found):
    """Some templates act on /no_think themselves."""
    source = (
        "{% for m in messages %}{{ m.content }}\n{% endfor %}"
        "{% if '/no_think' in messages[-1].content %}<think></think>{% endif %}"
    )
    assert found(source).soft_switch == "template"
    assert found(source.replace("[-1]", "[0]")).soft_switch == "template"


def test_a_template_that_leaves_thinking_to_the_model(found):
    """It writes think blocks, and neither opens nor closes one: the model does as it likes."""
    source = (
        "{% for m in messages %}{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>"
        "{% endif %}{{ m.content }}{% endfor %}"
    )
    protocol = found(source)
    assert (protocol.mode, protocol.keeps_history) == ("model", True)
    assert protocol.generation_prompt == ""


def test_special_tokens_are_no_think_tags(found):
    """Another vendor's marks stand before the block that its prompt opens."""
    source = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    source += "{% if add_generation_prompt %}<｜Assistant｜><think>\n{% endif %}"
    protocol = found(source)
    assert (protocol.think, protocol.opening) == (("<think>", "</think>"), "open")
    assert protocol.generation_prompt == "<｜Assistant｜><think>\n"


def test_values_of_effort_that_are_not_refused(found):
    """Where no value is refused, those that make a difference count."""
    source = "{{ messages[-1].content }}{% if reasoning_effort == 'high' %} (hard){% endif %}"
    protocol = found(source)
    assert (protocol.efforts, protocol.effort_refuses) == (("high",), False)
    source = "{% if reasoning_effort | default('mild') not in ('mild', 'hot') %}{{ raise_exception('no') }}{% endif %}x"
    assert found(source).efforts == ("hot", "mild")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ raise_exception('not today') }}", "not today"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "too much time"),
        ("{% if enable_thinking is false %}{{ 7 ** (10 ** messages[0].content | length) }}{% endif %}", ""),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_rendered_is_a_problem(found, source, why):
    """What the files say is there all the same: a bare continuation needs no template."""
    protocol = found(source)
    assert why in protocol.problem
    assert protocol.stop_ids == (2041, 2043)
    assert protocol.tags.open == 2044
    assert str(protocol).startswith("template: ")


def test_without_a_template(tmp_path):
    """Tokens and stop ids are known; there is no problem, and nothing thinks."""
    folder = shutil.copytree(TINY / "base", tmp_path / "base")
    (folder / "chat_template.jinja").unlink()
    protocol, template = read_protocol(folder)
    assert (protocol.template, template, protocol.problem, protocol.mode) == (
        None,
        None,
        "",
        "never",
    )
    assert protocol.stop_ids == (2041,)


def test_stop_ids_are_the_union_of_what_the_files_say(tmp_path):
    """Base checkpoints: the tokenizer says the end of a turn, the generation config of a document."""
    folder = shutil.copytree(TINY / "base", tmp_path / "base")

    def write(name, change):
        data = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**data, **change}))

    write("tokenizer_config.json", {"eos_token": {"content": "<|im_end|>", "special": True}})
    write("config.json", {"eos_token_id": None, "text_config": {"eos_token_id": 7}})
    write("generation_config.json", {"eos_token_id": [2041, 2043]})
    protocol, _ = read_protocol(folder)
    assert protocol.stops == {
        "tokenizer_config.json": (2043,),
        "config.json": (7,),
        "generation_config.json": (2041, 2043),
    }
    assert protocol.stop_ids == (7, 2041, 2043)
    write("config.json", {"eos_token_id": True, "text_config": 3})
    (folder / "generation_config.json").unlink()
    assert read_protocol(folder)[0].stops == {"tokenizer_config.json": (2043,)}


def test_tokens_of_older_files(tmp_path):
    """Without tokenizer.json ids come from the vocabulary and the added tokens."""
    (tmp_path / "vocab.json").write_text('{"a": 0, "b": "no id"}')
    (tmp_path / "added_tokens.json").write_text('{"<think>": 1}')
    decoder = {"2": {"content": "</think>"}, "3": {"content": "<|im_end|>"}, "x": {}}
    config = {"added_tokens_decoder": decoder, "eos_token": "<|im_end|>", "bos_token": None}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    protocol, _ = read_protocol(tmp_path)
    assert protocol.tags == TagIds(1, 2, None)
    assert protocol.stop_ids == (3,)


def test_a_protocol_in_words():
    """Printed, it is a line for each thing that is known."""
    protocol, _ = read_protocol(TINY / "reasoning")
    lines = str(protocol).splitlines()
    assert lines[:4] == [
        "template: chat_template.jinja",
        "thinking: hybrid, the prompt is plain",
        "enable_thinking: true: plain, false: closed",
        "soft switch: model",
    ]
    assert lines[-1] == "stop ids: 2041, 2043"


@pytest.mark.parametrize(
    ("prompt", "opening"),
    [("x\n", "plain"), ("x<think>\n", "open"), ("<think>\n</think>", "closed"), ("<think>\n\n</think>\n\n", "closed"),
     ("<think>a", "plain"), ("", "plain")],
)  # fmt: skip
def test_opening(prompt, opening):
    """Only what stands at the very end opens or closes the block."""
    assert opening_of(prompt) == opening


def test_no_library_is_needed():
    """Neither transformers nor torch nor jinja2 comes into the process that asks."""
    code = (
        "import sys; from pathlib import Path; from pytest_qwen.family.protocol import read_protocol;"
        f"read_protocol(Path({str(TINY / 'reasoning')!r}));"
        "print({'torch', 'transformers', 'jinja2', 'tokenizers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
