"""Checkpoints are untrusted files: missing, unsafe and broken ones are named, nothing is loaded."""

import hashlib
import json
import os
import shutil
import struct
from pathlib import Path

import pytest

from pytest_qwen.family import digests, embedded
from pytest_qwen.family.checkpoint import CheckpointError, open_checkpoint
from pytest_qwen.family.family import Binding, load_family

TINY = embedded.FOLDER / "instruct"


@pytest.fixture
def copy(tmp_path):
    """A copy of a checkpoint to damage."""
    return shutil.copytree(TINY, tmp_path / "model")


def opened(path):
    return open_checkpoint(Binding(checkpoint=str(path)), load_family("tiny"))


def refusal(path):
    with pytest.raises(CheckpointError) as error:
        opened(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("family", "command"),
    [
        ("qwen3-0.6b", "type `hf download Qwen/Qwen3-0.6B-Base`"),
        ("qwen3-4b-2507", "type `hf download Qwen/Qwen3-4B-Base`"),
    ],
)
def test_a_missing_checkpoint_says_what_to_type(family, command, tmp_path, monkeypatch):
    """Nothing is downloaded; the command is named."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    loaded = load_family(family)
    with pytest.raises(CheckpointError) as error:
        open_checkpoint(loaded.roles["base"], loaded)
    assert command in str(error.value)


@pytest.mark.parametrize("hub", ["huggingface", "modelscope"])
@pytest.mark.parametrize("name", ["./model", "../model"])
def test_a_folder_is_not_looked_up_on_a_hub(hub, name, copy, tmp_path):
    """It is on this machine: what to say is named, not what to download; and that helps."""
    file = copy / "f.yaml" if name.startswith("..") else tmp_path / "f.yaml"
    text = f"family: f\nhub: {hub}\nbase: {{checkpoint: {name}}}\n"
    file.write_text(text)
    family = load_family(str(file))
    with pytest.raises(CheckpointError) as error:
        open_checkpoint(family.roles["base"], family)
    assert str(error.value) == (
        f"expected the hub id of a checkpoint, got the folder {name}: write `hub: local` in the "
        "family's file, or bind the role to it with --qwen-model ROLE=PATH"
    )
    file.write_text(text.replace(hub, "local"))
    family = load_family(str(file))
    assert open_checkpoint(family.roles["base"], family).path == copy.resolve()
    file.write_text(text)
    family = load_family(str(file), {"base": str(copy)})
    assert open_checkpoint(family.roles["base"], family).path == copy.resolve()


def test_modelscope_is_looked_up_where_it_downloads(tmp_path, monkeypatch, copy):
    """Dots of a model's name may be written as three underscores."""
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path))
    file = tmp_path / "f.yaml"
    file.write_text("family: f\nhub: modelscope\nbase: {checkpoint: Qwen/Qwen3-0.6B}")
    family = load_family(str(file))
    with pytest.raises(CheckpointError, match="modelscope download --model Qwen/Qwen3"):
        open_checkpoint(family.roles["base"], family)
    shutil.copytree(copy, tmp_path / "models" / "Qwen" / "Qwen3-0___6B")
    assert open_checkpoint(family.roles["base"], family).path.name == "Qwen3-0___6B"


def test_pickled_weights_are_refused(copy):
    """A `.bin` file is named and not opened."""
    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(b"not even a pickle")
    assert refusal(copy) == (
        f"{copy}: expected weights as safetensors, "
        "got pickled weights (pytorch_model.bin), which could run code"
    )


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
@pytest.mark.parametrize(
    "keys",
    [{"auto_map": {"AutoModel": "x.X"}}, {"text_config": {"_attn_implementation_internal": "x"}}],
)
def test_code_of_its_own_is_refused(copy, file, keys):
    """`auto_map` and internal keys, at any depth, never reach transformers."""
    config = json.loads((copy / file).read_text())
    (copy / file).write_text(json.dumps({**config, **keys}))
    assert refusal(copy).startswith(
        f"{copy / file}: expected a model that transformers knows, got "
    )


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-1], "download it again"),
        (lambda data: data[:100], "bytes that do not hold its header: download it again"),
        (lambda data: b"", "0 bytes that do not hold its header: download it again"),
        (
            lambda data: b"version https://git-lfs.github.com/spec/v1\n",
            "a Git LFS pointer: fetch the file",
        ),
        (lambda data: struct.pack("<Q", 2) + b"[]" + data, "a header that cannot be read"),
    ],
)
def test_broken_weights_are_named(copy, damage, message):
    """Truncated files and LFS pointers are told apart before torch sees them."""
    weights = copy / "model.safetensors"
    weights.write_bytes(damage(weights.read_bytes()))
    assert refusal(copy).startswith(f"{weights}: expected safetensors weights, got ")
    assert message in refusal(copy)


def test_a_folder_without_config(tmp_path):
    """A path that is no checkpoint is named."""
    assert "got a folder without config.json" in refusal(tmp_path)


@pytest.mark.parametrize(
    "name", ["config.json", "chat_template.jinja", "tokenizer.json", "model.safetensors"]
)
def test_every_file_that_matters_is_in_the_fingerprint(copy, name):
    """Two checkpoints under one path are never taken for the same."""
    before = opened(copy).fingerprint
    assert before == opened(TINY).fingerprint
    data = (copy / name).read_bytes()
    (copy / name).write_bytes(data[:-1] + b"\x01" if name.endswith("safetensors") else data + b"\n")
    assert opened(copy).fingerprint != before


def test_large_weights_are_identified_whole_and_once(copy, tmp_path, monkeypatch):
    """A byte in their middle counts; what is known of a file is not read again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(digests, "SMALL", 1 << 20)
    weights = copy / "model.safetensors"
    os.utime(weights, (1, 1))
    before = opened(copy).fingerprint
    with weights.open("r+b") as file:
        file.seek(1_234_567)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    after = opened(copy).fingerprint
    assert after != before
    assert opened(copy).fingerprint == after  # it changed just now: not kept
    os.utime(weights, (2, 2))
    assert opened(copy).fingerprint == after
    monkeypatch.setattr(digests.hashlib, "file_digest", forbidden(weights, hashlib.file_digest))
    assert opened(copy).fingerprint == after
    os.utime(weights, (3, 3))
    with pytest.raises(AssertionError):
        opened(copy).fingerprint  # noqa: B018 - it is computed


def forbidden(path, digest):
    """Return a digest function that may not be asked for one file."""

    def asked(file, name):
        assert Path(file.name) != path
        return digest(file, name)

    return asked


def test_the_number_format_is_the_saved_one(copy):
    """`dtype: auto` is named by what the config says, under its old name too."""
    assert opened(copy).dtype == "bfloat16"
    config = json.loads((copy / "config.json").read_text())
    config["torch_dtype"] = config.pop("dtype").replace("bfloat16", "float16")
    (copy / "config.json").write_text(json.dumps(config))
    assert opened(copy).dtype == "float16"
