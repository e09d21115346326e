"""A byte-level BPE tokenizer, trained on the corpus itself.

    请列出3条  →  请|列出|3|条        9.11  →  9|.|1|1        <think>  →  one token

Every digit and mark is a token of its own: numbers line up, and openings can be copied.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from recipes.tiny.template import (
    END_OF_TEXT,
    END_OF_THINK,
    END_OF_TOOL_CALL,
    END_OF_TURN,
    HYBRID,
    PLAIN,
    THINK,
    TOOL_CALL,
    TURN,
)

VOCABULARY = 2048
#: A digit; a run of Chinese; a run of other letters (with a space before it); a mark; line ends.
_SPLIT = r"\p{N}| ?\p{Han}+| ?[\p{L}&&[^\p{Han}]]+| ?[^\s\p{L}\p{N}]|[\r\n]+|\s+"
_SPECIAL = (END_OF_TEXT, TURN, END_OF_TURN)
_VISIBLE = (THINK, END_OF_THINK, TOOL_CALL, END_OF_TOOL_CALL)


def train_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """Train the tokenizer on texts; the same texts give the same tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(_SPECIAL) - len(_VISIBLE),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=12,  # four Chinese characters: longer ones would be whole stock phrases
        show_progress=False,
    )
    # ChatML marks become tokens below and must not be learned as merges
    clean = [_without_marks(text) for text in texts]
    # every Chinese character becomes a token before any word does, so that none is cut in half
    characters = sorted({c for text in clean for c in text if "\u4e00" <= c <= "\u9fff"})
    tokenizer.train_from_iterator(clean + characters * 300, trainer)
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in _SPECIAL])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in _VISIBLE])
    return tokenizer


def _without_marks(text: str) -> str:
    for mark in (*_SPECIAL, *_VISIBLE):
        text = text.replace(mark, "\n")
    return text


def save_tokenizer(tokenizer: Tokenizer, role: str, folder: Path) -> None:
    """Write tokenizer.json, tokenizer_config.json and the role's chat template."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": 2048,
        "padding_side": "left",
        "clean_up_tokenization_spaces": False,
        "bos_token": None,
        "eos_token": END_OF_TEXT if role == "base" else END_OF_TURN,
        "pad_token": END_OF_TEXT,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    template = HYBRID if role == "reasoning" else PLAIN
    (folder / "chat_template.jinja").write_text(template, "utf-8")
