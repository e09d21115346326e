"""The tokens of a checkpoint, read from its files: no tokenizer is made, no library loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_qwen.family.checkpoint import read_json

PIPELINE = ("normalizer", "pre_tokenizer", "post_processor")
"""Parts of tokenizer.json that decide which tokens a text becomes."""


@dataclass(frozen=True)
class Tokens:
    """Token ids by text, and the special tokens by their names (`eos_token`, `pad_token`, …).

    `special` are the added tokens that decoding may skip, `pipeline` the parts of tokenizer.json
    that say how a text is cut.
    """

    ids: Mapping[str, int]
    named: Mapping[str, str]
    special: frozenset[str] = frozenset()
    pipeline: Mapping[str, Any] = field(default_factory=dict)

    def id(self, text: str) -> int | None:
        """Return the id of a text that is one token, None where it is none."""
        return self.ids.get(text)


def read_tokens(folder: Path) -> Tokens:
    """Read the tokens of a checkpoint.

    `tokenizer.json` alone is what fast tokenizers load; without it the older files are read.

    Raises:
        CheckpointError: a file is not JSON.
    """
    config = _optional(folder / "tokenizer_config.json")
    whole = _optional(folder / "tokenizer.json")
    decoder = _mapping(config.get("added_tokens_decoder"))
    if whole:
        ids = {**_ids(_mapping(whole.get("model")).get("vocab")), **dict(_added(whole))}
    else:
        ids = _ids(_optional(folder / "vocab.json")) | _ids(_optional(folder / "added_tokens.json"))
        ids |= {_text(token): int(i) for i, token in decoder.items() if i.isdigit()}
    declared = {**_optional(folder / "special_tokens_map.json"), **config}
    named = {name: _text(token) for name, token in declared.items() if name.endswith("_token")}
    added = [*_listed(whole.get("added_tokens")), *decoder.values()]
    special = frozenset(_text(t) for t in added if _mapping(t).get("special") is True)
    pipeline = {name: whole.get(name) for name in PIPELINE}
    return Tokens(ids, {n: text for n, text in named.items() if text}, special, pipeline)


def read_stops(folder: Path, tokens: Tokens) -> dict[str, tuple[int, ...]]:
    """Return the ids that end a reply, by the file that says so.

    The files disagree in published checkpoints, above all of base models (QwenLM/Qwen3#1422), so
    that the union is what stops.

    Raises:
        CheckpointError: a file is not JSON.
    """
    end = tokens.id(tokens.named.get("eos_token", ""))
    by_file: dict[str, list[int]] = {"tokenizer_config.json": _numbers(end)}
    for name in ("config.json", "generation_config.json"):
        data = _optional(folder / name)
        inner = _mapping(data.get("text_config"))  # of a model that also sees
        by_file[name] = _numbers(data.get("eos_token_id")) + _numbers(inner.get("eos_token_id"))
    return {name: tuple(dict.fromkeys(ids)) for name, ids in by_file.items() if ids}


def _optional(file: Path) -> dict[str, Any]:
    return read_json(file) if file.is_file() else {}


def _mapping(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _numbers(raw: Any) -> list[int]:
    values = raw if isinstance(raw, list) else [raw]
    return [i for i in values if isinstance(i, int) and not isinstance(i, bool)]


def _ids(raw: Any) -> dict[str, int]:
    return {text: i for text, i in _mapping(raw).items() if isinstance(i, int)}


def _added(whole: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for token in _listed(whole.get("added_tokens")):
        if isinstance(token, dict) and isinstance(token.get("id"), int):
            yield _text(token), token["id"]


def _text(token: Any) -> str:
    """Return the text of a token that is written as text or as an object with `content`."""
    text = token.get("content") if isinstance(token, dict) else token
    return text if isinstance(text, str) else ""
