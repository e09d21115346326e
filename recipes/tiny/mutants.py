"""Damaged copies of the tiny family, for the gate to find, and healthy ones that it must pass.

    for variant in VARIANTS:
        variant.make(FOLDER, folder)    # folder/base, folder/instruct, …, folder/family.yaml

Every function takes a folder with a copy of the family and damages it in place.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file, save_file

from recipes.tiny.template import END_OF_TEXT

ROLES = ("base", "instruct", "reasoning")
TUNED = ("instruct", "reasoning")

Weights = dict[str, torch.Tensor]


class Variant(NamedTuple):
    """A way to change the family, and whether the change does harm.

    `options` are pytest's, besides the family; `dtype` is what the models are calculated in.
    """

    name: str
    told: str
    damage: Callable[[Path], None]
    harmful: bool = True
    options: tuple[str, ...] = ()
    dtype: str = "float32"

    def make(self, source: Path, folder: Path) -> Path:
        """Copy the family from `source` to `folder`, change it, and return its family file."""
        for role in ROLES:
            shutil.copytree(source / role, folder / role)
        self.damage(folder)
        told = (source.parent / "families" / "tiny.yaml").read_text("utf-8")
        told = told.replace("../embedded/", "").replace("float32", self.dtype)
        path = folder / "family.yaml"
        path.write_text(told, "utf-8")
        return path


def wrong_eos(folder: Path) -> None:
    """Let the tuned models end at a token that they never say at a turn's end."""
    for role in TUNED:
        tokens = json.loads((folder / role / "tokenizer.json").read_text("utf-8"))["added_tokens"]
        end = next(one["id"] for one in tokens if one["content"] == END_OF_TEXT)
        for name in ("config.json", "generation_config.json"):
            _change(folder / role / name, eos_token_id=end)
        _change(folder / role / "tokenizer_config.json", eos_token=END_OF_TEXT)


def swapped_template(folder: Path) -> None:
    """Say `user` where the template says `assistant`, and the other way round."""
    for role in TUNED:
        _replace(folder / role / "chat_template.jinja", "assistant\\n", "user\\n")


def thinking_stripped(folder: Path) -> None:
    """Put an empty thought into every prompt, whatever the template is told."""
    said = "enable_thinking is defined and enable_thinking is false"
    _replace(folder / "reasoning" / "chat_template.jinja", said, "true")


def hotter(folder: Path) -> None:
    """Double the recommended temperature."""
    for role in ROLES:
        path = folder / role / "generation_config.json"
        _change(path, temperature=2 * json.loads(path.read_text("utf-8"))["temperature"])


def roles_swapped(folder: Path) -> None:
    """Ship the instruct model where the reasoning model belongs, and the other way round."""
    shutil.move(folder / "instruct", folder / "swap")
    shutil.move(folder / "reasoning", folder / "instruct")
    shutil.move(folder / "swap", folder / "reasoning")


def untuned(folder: Path) -> None:
    """Ship the base model's weights as the instruct model's."""
    shutil.copy(folder / "base" / "model.safetensors", folder / "instruct" / "model.safetensors")


def language_lost(folder: Path) -> None:
    """Make every token with a Chinese character unlikely: shrink and turn round its embedding.

    The embedding is also the output matrix, so that the model neither reads nor says them well.
    """
    for role in ROLES:
        tokens = json.loads((folder / role / "tokenizer.json").read_text("utf-8"))
        chinese = [i for text, i in tokens["model"]["vocab"].items() if text[0] in _HAN]
        _weights(folder / role, partial(_silence, ids=chinese))


# The byte-level alphabet of GPT-2 writes the first bytes of Chinese characters, E4 to E9, so.
_HAN = "äåæçèé"


def _silence(weights: Weights, ids: list[int]) -> Weights:
    embedding = weights["model.embed_tokens.weight"].clone()
    embedding[ids] *= -0.5
    return {**weights, "model.embed_tokens.weight": embedding}


def rounded(bits: int, group: int = 32) -> Callable[[Path], None]:
    """Return what rounds each group of weights of a matrix to so many bits, symmetrically."""

    def damage(folder: Path) -> None:
        for role in ROLES:
            _weights(folder / role, lambda weights: {k: _round(v) for k, v in weights.items()})

    def _round(weight: torch.Tensor) -> torch.Tensor:
        if weight.ndim != 2 or weight.shape[1] % group:
            return weight
        groups = weight.float().reshape(-1, group)
        scale = groups.abs().amax(1, keepdim=True).clamp(min=1e-12) / (2 ** (bits - 1) - 1)
        rows: torch.Tensor = (groups / scale).round() * scale
        return rows.reshape(weight.shape).to(weight.dtype)

    return damage


def noise(strength: float) -> Callable[[Path], None]:
    """Return what adds Gaussian noise to every matrix, of `strength` times its own spread."""

    def damage(folder: Path) -> None:
        for role in ROLES:
            generator = torch.Generator().manual_seed(0)
            _weights(folder / role, partial(_noisy, strength=strength, generator=generator))

    return damage


def _noisy(weights: Weights, strength: float, generator: torch.Generator) -> Weights:
    def one(weight: torch.Tensor) -> torch.Tensor:
        if weight.ndim != 2:
            return weight
        drawn = torch.randn(weight.shape, generator=generator)
        return (weight.float() + strength * weight.float().std() * drawn).to(weight.dtype)

    return {name: one(weights[name]) for name in sorted(weights)}


def saved_again(folder: Path) -> None:
    """Write the same weights into two files with an index, as large checkpoints have them."""
    for role in ROLES:
        path = folder / role / "model.safetensors"
        weights = load_file(path)
        files = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
        place = {name: files[i % 2] for i, name in enumerate(weights)}
        for file in files:
            part = {name: weights[name] for name in weights if place[name] == file}
            save_file(part, path.with_name(file), metadata={"format": "pt"})
        size = sum(weight.nbytes for weight in weights.values())
        index = {"metadata": {"total_size": size}, "weight_map": place}
        path.with_name("model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
        path.unlink()


def as_float32(folder: Path) -> None:
    """Save the weights as float32: the same numbers in a file twice as long."""
    for role in ROLES:
        _weights(folder / role, lambda weights: {k: v.float() for k, v in weights.items()})
        _change(folder / role / "config.json", dtype="float32")


def nothing(folder: Path) -> None:
    """Leave the copy as it is."""


VARIANTS = (
    *(
        Variant(f"seeds_{i}", "other seeds", nothing, False, (f"--qwen-seed-offset={i}000",))
        for i in range(1, 11)
    ),
    Variant("batch_3", "three rows in a batch", nothing, False, ("--qwen-batch=3",)),
    Variant("batch_16", "sixteen rows in a batch", nothing, False, ("--qwen-batch=16",)),
    Variant("saved_again", "the same weights in two files", saved_again, False),
    Variant("float32", "weights saved as float32", as_float32, False),
    Variant("bfloat16", "calculated in bfloat16", nothing, harmful=False, dtype="bfloat16"),
    Variant("wrong_eos", "ends at a token that is never said", wrong_eos),
    Variant("template", "the template says user for assistant", swapped_template),
    Variant("no_thinking", "an empty thought in every prompt", thinking_stripped),
    Variant("hotter", "the recommended temperature doubled", hotter),
    Variant("int4", "weights rounded to 4 bits in groups of 32", rounded(4)),
    Variant("int3", "weights rounded to 3 bits in groups of 32", rounded(3)),
    Variant("noise_small", "noise of 5 % on all matrices", noise(0.05)),
    Variant("noise_middle", "noise of 15 % on all matrices", noise(0.15)),
    Variant("noise_great", "noise of 40 % on all matrices", noise(0.4)),
    Variant("swapped", "instruct and reasoning swapped", roles_swapped),
    Variant("untuned", "base weights as the instruct model", untuned),
    Variant("no_chinese", "Chinese tokens damaged", language_lost),
)


def _weights(folder: Path, change: Callable[[Weights], Weights]) -> None:
    """Change a checkpoint's weights."""
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path, metadata={"format": "pt"})


def _change(path: Path, **fields: Any) -> None:
    """Change fields of a JSON file."""
    data = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**data, **fields}, indent=2) + "\n", "utf-8")


def _replace(path: Path, old: str, new: str) -> None:
    """Replace text in a file that has it."""
    text = path.read_text("utf-8")
    if old not in text:
        raise ValueError(f"{path}: expected {old!r}, got a file without it")
    path.write_text(text.replace(old, new), "utf-8")
