"""What differs between two families, told from their files: a copy of the tiny family, changed."""

import json
import re
import shutil
import time
from pathlib import Path

import pytest

from pytest_qwen.cli.validate import suite_cases
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.family import load_family
from pytest_qwen.family.preflight import preflight
from pytest_qwen.family.preflight.difference import thinks
from pytest_qwen.messages.reason import Reason, in_language
from pytest_qwen.traits import registry
from pytest_qwen.traits.verdict import Verdict
from tests.conftest import TINY

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def found(tmp_path):
    """Return a function that changes a copy without weights and tells the differences.

    Each text must be a reason, but for what a checkpoint itself says and for names of fields.
    """

    def find(change, role="reasoning", base=None):
        copies = [tmp_path / "before", tmp_path / "after"]
        for copy in copies:
            ignored = shutil.ignore_patterns("*.safetensors")
            shutil.copytree(TINY / role, copy, ignore=ignored, dirs_exist_ok=True)
            if base:
                base(copy)
        change(copies[1])
        families = [load_family("tiny", {role: str(copy)}) for copy in copies]
        rows = preflight(*families)
        assert {row.role for row in rows} <= {role}
        for row in rows:
            assert isinstance(row.what, Reason) or re.fullmatch(r"[a-z_]+", row.what)
            says_itself = row.values[1] in {"refused", "cannot be rendered"}
            assert isinstance(row.why, Reason) or says_itself
        return {row.what: row for row in rows}

    return find


def edit(name, **values):
    """Return a change of the keys of a JSON file; None removes one."""

    def change(folder):
        data = json.loads((folder / name).read_text("utf-8")) | values
        data = {key: value for key, value in data.items() if value is not None}
        (folder / name).write_text(json.dumps(data), "utf-8")

    return change


def template(name, *replaced):
    """Return a change of the chat template to one of the zoo."""

    def change(folder):
        source = (TEMPLATES / f"{name}.jinja").read_text("utf-8")
        for old, new in replaced:
            assert old in source
            source = source.replace(old, new)
        (folder / "chat_template.jinja").write_text(source, "utf-8")

    return change


def added(change_one):
    """Return a change of the added tokens of tokenizer.json."""

    def change(folder):
        file = folder / "tokenizer.json"
        data = json.loads(file.read_text("utf-8"))
        data["added_tokens"] = [t for token in data["added_tokens"] if (t := change_one(token))]
        file.write_text(json.dumps(data), "utf-8")

    return change


def swapped(old, new):
    return added(lambda t: {**t, "id": {old: new, new: old}.get(t["id"], t["id"])})


def lost(text):
    return added(lambda t: t if t["content"] != text else None)


def flagged(text, special):
    return added(lambda t: {**t, "special": special} if t["content"] == text else t)


def both(*changes):
    def change(folder):
        for one in changes:
            one(folder)

    return change


QWEN3 = template("qwen3")
GREEDY = edit("generation_config.json", do_sample=False)
ROWS = [
    # name, change, what differs: what, before, after, whether it breaks
    ("renumbered", swapped(2044, 2045), ("token <think>", "2044", "2045", False)),
    ("tag lost", lost("</think>"), ("token </think>", "2045", "none", True)),
    ("unused token lost", lost("<tool_call>"), ("token <tool_call>", "2046", "none", False)),
    ("tag special", flagged("</think>", True), ("token </think>", "not special", "special", True)),
    ("end not special", flagged("<|im_end|>", False), ("token <|im_end|>", "special", "not special", False)),
    ("stop lost", edit("generation_config.json", eos_token_id=2043), ("stop <|endoftext|>", "ends", "no stop", True)),
    ("stop at a tag", edit("generation_config.json", eos_token_id=[2041, 2043, 2045]), ("stop </think>", "no stop", "ends", True)),
    ("stop gained", edit("generation_config.json", eos_token_id=[2041, 2043, 2042]), ("stop <|im_start|>", "no stop", "ends", False)),
    ("stops by file", edit("config.json", eos_token_id=2041), ("stops by file", None, None, False)),
    ("padding", edit("tokenizer_config.json", pad_token="<|im_end|>"), ("padding", None, None, False)),
    ("bos", edit("tokenizer_config.json", bos_token="<|im_start|>"), ("bos_token", "none", "<|im_start|>", False)),
    ("pipeline", edit("tokenizer.json", pre_tokenizer={"type": "ByteLevel"}), ("tokenizer's pre_tokenizer", None, None, False)),
    ("temperature", edit("generation_config.json", temperature=0.9), ("temperature", "0.6", "0.9", False)),
    ("top_k", edit("generation_config.json", top_k=None), ("top_k", "20", "none", False)),
    ("greedy", GREEDY, ("temperature", "0.6", "0.0", True)),
    ("other generation", edit("generation_config.json", num_beams=2), ("generation num_beams", "none", "2", False)),
    ("architecture", edit("config.json", architectures=["Qwen3MoeForCausalLM"]), ("architectures", "Qwen3ForCausalLM", "Qwen3MoeForCausalLM", False)),
    ("quantised", edit("config.json", quantization_config={"bits": 4}), ("quantization_config", "none", '{"bits": 4}', False)),
    ("rows lost", edit("config.json", vocab_size=2040), ("vocabulary", "2048", "2040", True)),
    ("rows gained", edit("config.json", vocab_size=4096), ("vocabulary", "2048", "4096", False)),
    ("context shorter", edit("config.json", max_position_embeddings=512), ("context length", "2048", "512", True)),
    ("context longer", edit("config.json", max_position_embeddings=4096), ("context length", "2048", "4096", False)),
    ("context of the text part", edit("config.json", text_config={"max_position_embeddings": 512}), ("context length", "2048", "512", True)),
    ("no template", lambda f: (f / "chat_template.jinja").unlink(), ("template", None, "none", True)),
    ("broken template", lambda f: (f / "chat_template.jinja").write_text("{{"), ("template", None, "cannot be rendered", True)),
]  # fmt: skip
FROM_QWEN3 = [
    ("thinks by itself", template("qwen3.5"), ("thinking", "left to the model", "thinks", False)),
    ("soft switch", template("qwen3.5"), ("soft switch", "model", "none", True)),
    ("tools", template("qwen3.5"), ("tool calls", "hermes", "xml", True)),
    ("never", template("qwen3-instruct-2507"), ("switch enable_thinking", "read", "ignored", True)),
    ("never thinks", template("qwen3-instruct-2507"), ("thinking", "left to the model", "does not think", True)),
    ("system", template("qwen2.5"), ("default system", "none", "You are a test assistant.", False)),
    ("history", template("qwen3.8"), ("thoughts beside earlier answers", "dropped", "kept", True)),
    ("switch gained", template("qwen3.6"), ("switch preserve_thinking", "ignored", "read", False)),
    ("always refuses", template("qwen3.8-always"), ("prompt zh, thinking off", "rendered", "refused", True)),
    ("off", template("qwen3.8-always"), ("thinking off", "does not think", "refused", True)),
    ("another end", template("qwen3", ("<|im_end|>", "<|end|>")), ("token <|end|>", "none", "none", True)),
    ("prompts", template("qwen3", ("<|im_start|>assistant", "<|im_start|>bot")), ("prompts", None, None, False)),
    ("tags", template("qwen3", ("<think>", "<reflect>"), ("</think>", "</reflect>")), ("think tags", "<think> </think>", "<reflect> </reflect>", False)),
    ("tags are no tokens", template("qwen3", ("<think>", "<reflect>"), ("</think>", "</reflect>")), ("token </reflect>", "none", "none", True)),
]  # fmt: skip


def check(rows, expected):
    what, old, new, breaking = expected
    row = rows[what]
    assert row.breaking == breaking
    assert row.values[0] == old or old is None
    assert row.values[1] == new or new is None
    assert row.why


def test_a_copy_does_not_differ(found):
    """No difference is made up; no weights are needed."""
    assert found(lambda _: None) == {}


@pytest.mark.parametrize(("change", "expected"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_a_change_is_told_and_classed(found, change, expected):
    """One change, one difference of that name, with what was before and after."""
    check(found(change), expected)


@pytest.mark.parametrize(
    ("change", "expected"), [r[1:] for r in FROM_QWEN3], ids=[r[0] for r in FROM_QWEN3]
)
def test_a_template_of_another_generation(found, change, expected):
    """From the template of Qwen3 to others: switches, thoughts, tools."""
    check(found(change, base=QWEN3), expected)


def test_values_and_names_of_conversations_are_chinese_too(found):
    """Who reads a soft switch, and which of the prompts is shown; a tool format keeps its name."""
    rows = found(template("qwen3.5"), base=QWEN3)
    say = [in_language(text, "zh") for text in (*rows["soft switch"].values, rows["prompts"].why)]
    assert say[:2] == ["模型", "无"]
    assert say[2].startswith("27 段对话中有 ")
    assert say[2].endswith("段不同，这里显示的是：中文提问")
    rows = found(template("qwen3.8-always"), base=QWEN3)
    assert in_language(rows["prompt zh, thinking off"].what, "zh") == "提示（中文提问，关闭思考）"


@pytest.mark.parametrize("base", [QWEN3, template("qwen2.5")], ids=["qwen3", "qwen2.5"])
def test_a_tag_that_only_a_conversation_has_is_not_written_by_the_template(found, base):
    """A template that copies `<think>` from an earlier answer does not write it itself."""
    change = both(template("qwen2.5"), lost("<think>"), lost("</think>"))
    row = found(change, base=base)["token <think>"]
    assert (row.breaking, row.why) == (False, "the template does not write it either")


def test_harmless_changes_alone_break_nothing(found):
    """Tags renumbered as in Qwen3.5, other sampling, a longer context: all is found by text."""
    change = both(
        swapped(2044, 2045),
        edit("generation_config.json", temperature=1.0),
        edit("config.json", max_position_embeddings=4096),
    )
    rows = found(change)
    assert {row.what for row in rows.values()} == {
        "token <think>", "token </think>", "temperature", "context length",
    }  # fmt: skip
    assert not any(row.breaking for row in rows.values())


def test_a_system_message_that_is_dropped(found):
    """What a conversation says and a prompt does not have is found in the rendering."""
    source = (
        "{% for m in messages if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content }}"
        "<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
    )
    rows = found(lambda folder: (folder / "chat_template.jinja").write_text(source))
    check(rows, ("system messages", "in the prompt", "left out", True))


def test_a_role_that_is_gone(tmp_path):
    """Its cases would be skipped without a sound."""
    file = tmp_path / "half.yaml"
    file.write_text(f"family: half\nhub: local\nbase: {{checkpoint: {TINY / 'base'}}}\n", "utf-8")
    half, whole = load_family(str(file)), load_family("tiny")
    lost = {(row.role, row.breaking) for row in preflight(whole, half) if row.what == "role"}
    gained = {(row.role, row.breaking) for row in preflight(half, whole) if row.what == "role"}
    assert lost == {("instruct", True), ("reasoning", True)}
    assert gained == {("instruct", False), ("reasoning", False)}


def test_a_trait_of_ones_own_that_needs_thoughts_rests_on_them(tmp_path, monkeypatch):
    """What a trait says that it needs counts, not how it is called."""
    monkeypatch.setattr(registry, "_traits", dict(registry.traits()))

    @registry.trait(of="text", needs=["thinking"])
    def ponders(part):
        """Say whether there is a thought."""
        return Verdict(bool(part.reply.thinking), "a thought")

    @registry.trait(of="text")
    def thinking_cap(part):
        """Say whether the text names a hat."""
        return Verdict("hat" in part.text, "a hat")

    file = tmp_path / "own.yaml"
    touched = {}
    for name in ("ponders", "thinking_cap"):
        file.write_text(
            f"behavior: own\nprompts: [{{id: a, text: b}}]\nexpect: {{instruct: [{name}]}}\n"
        )
        (case,) = suite_cases([file])["own"]
        touched[name] = thinks(case)
    assert touched == {"ponders": True, "thinking_cap": False}


def test_the_family_decides_what_is_asked(tmp_path):
    """The same checkpoint, told not to think, does not."""
    text = (
        f"family: off\nhub: local\nreasoning: {{checkpoint: {TINY / 'reasoning'}, thinking: %s}}\n"
    )
    families = []
    for said in ("true", "false"):
        file = tmp_path / f"{said}.yaml"
        file.write_text(text % said, "utf-8")
        families.append(load_family(str(file)))
    (row,) = preflight(*families)
    assert (row.what, *row.values, row.breaking) == (
        "thinking", "left to the model", "does not think", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edit("config.json", auto_map={"AutoModel": "x.py"}), "auto_map"),
        (lambda f: (f / "config.json").unlink(), "without config.json"),
        (lambda f: (f / "tokenizer.json").write_text("{"), "tokenizer.json: expected JSON"),
        (
            edit("generation_config.json", top_p=7),
            "generation_config.json: top_p: expected at most 1, got 7",
        ),
    ],
)
def test_what_is_unsafe_or_broken_is_refused(found, change, told):
    """A folder without weights is held to the same rules."""
    with pytest.raises(CheckpointError, match=told):
        found(change)


def test_a_hostile_checkpoint_takes_no_time(found):
    """A hundred thousand special tokens, and a template that never ends."""

    def change(folder):
        file = folder / "tokenizer.json"
        data = json.loads(file.read_text("utf-8"))
        data["added_tokens"] += [
            {"id": 3000 + i, "content": f"<|{i}|>", "special": True} for i in range(100_000)
        ]
        file.write_text(json.dumps(data), "utf-8")
        (folder / "chat_template.jinja").write_text(
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
        )

    began = time.monotonic()
    rows = found(change)
    assert time.monotonic() - began < 30
    assert len(rows) < 10
    check(rows, ("template", None, "cannot be rendered", True))
    check(rows, ("vocabulary", "2048", "2048", True))
