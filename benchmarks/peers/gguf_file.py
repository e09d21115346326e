"""A Qwen3 checkpoint as a GGUF file for llama.cpp, without a tokenizer: it is given token ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np


def converted(checkpoint: Path, dtype: str) -> Path:
    """Return the file, written beside the checkpoint when it is not there."""
    path = checkpoint / f"{dtype}.gguf"
    if path.exists():
        return path
    config = json.loads((checkpoint / "config.json").read_text("utf-8"))
    layers = config["num_hidden_layers"]
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_block_count(layers)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("none")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN3, layers)
    for name, shape, raw in _tensors(checkpoint / "model.safetensors"):
        stem, _, suffix = name.rpartition(".")
        new = f"{names.get_name(stem)}.{suffix}"
        if dtype == "float32":
            writer.add_tensor(new, raw.view(np.float32).reshape(shape))
        elif len(shape) > 1:
            kind = gguf.GGMLQuantizationType.BF16
            writer.add_tensor(new, raw.reshape(*shape[:-1], 2 * shape[-1]), raw_dtype=kind)
        else:  # llama.cpp wants vectors in float32
            writer.add_tensor(new, (raw.view(np.uint16).astype(np.uint32) << 16).view(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(path: Path) -> Iterator[tuple[str, list[int], np.ndarray]]:
    """Yield name, shape and bytes of each tensor; numpy knows no bfloat16."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    data = np.memmap(path, mode="r", offset=8 + size)
    header.pop("__metadata__", None)
    for name, told in header.items():
        start, end = told["data_offsets"]
        yield name, told["shape"], data[start:end]
