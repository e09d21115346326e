"""Make the tiny family: tokenizer, base, instruct, reasoning.

    python -m recipes.tiny.train [--out DIR] [--minutes-scale X]

Each stage goes on from the one before: base reads documents, instruct learns conversations,
reasoning learns to think first. The number of steps is fixed; a seed fixes data and weights.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import Qwen3ForCausalLM

from pytest_qwen.family.embedded import FOLDER
from recipes.tiny.checkpoint import new_model, save, token_id
from recipes.tiny.corpus import STAGES, TEXTS, Piece, Stage, pieces
from recipes.tiny.muon import Muon
from recipes.tiny.template import END_OF_TEXT
from recipes.tiny.tokenizer import train_tokenizer

TOKENIZER_SHARE = 12  # one text in so many trains the tokenizer
BATCH_TOKENS = 2_048
POOL = 2_048  # rows sorted together by length
WINDOW = 256  # of the base stage; conversations keep their own length
IGNORED = -100
PEAK: dict[Stage, tuple[float, float]] = {  # learning rates: matrices by Muon, the rest by Adam
    "base": (0.025, 5e-3),
    "instruct": (0.015, 2.5e-3),
    "reasoning": (0.015, 2.5e-3),
}
Batch = tuple[torch.Tensor, torch.Tensor]  # input ids, labels
Row = tuple[list[int], list[int]]


def batches(stage: Stage, tokenizer: Tokenizer, size: int) -> list[Batch]:
    """Return a stage's texts as (input ids, labels), each about `BATCH_TOKENS` tokens."""
    rows = list(_rows(pieces(stage, size), tokenizer))
    return _windows(rows) if stage == "base" else _alike(rows, token_id(tokenizer, END_OF_TEXT))


def _windows(rows: list[Row]) -> list[Batch]:
    """Join the rows to one stream and cut it into windows."""
    ids = [token for row, _ in rows for token in row]
    count = len(ids) // BATCH_TOKENS * (BATCH_TOKENS // WINDOW)
    stream = torch.tensor(ids[: count * WINDOW]).view(-1, BATCH_TOKENS // WINDOW, WINDOW)
    return [(part, part) for part in stream]


def _alike(rows: list[Row], pad: int) -> list[Batch]:
    """Put rows of like length together, so that little is padding, and shuffle the batches."""
    result: list[Batch] = []
    shuffler = random.Random(0)
    for start in range(0, len(rows), POOL):
        parts: list[list[Row]] = [[]]
        for row in sorted(rows[start : start + POOL], key=lambda row: len(row[0])):
            if len(row[0]) * (len(parts[-1]) + 1) > BATCH_TOKENS:
                parts.append([])
            parts[-1].append(row)
        shuffler.shuffle(parts)
        result += [_padded(part, pad) for part in parts if part]
    return result


def _rows(texts: Iterator[list[Piece]], tokenizer: Tokenizer) -> Iterator[Row]:
    for text in texts:
        ids: list[int] = []
        labels: list[int] = []
        for piece in text:
            tokens = tokenizer.encode(piece.text, add_special_tokens=False).ids
            ids += tokens
            labels += tokens if piece.learned else [IGNORED] * len(tokens)
        yield ids, labels


def _padded(rows: list[Row], pad: int) -> Batch:
    width = max(len(ids) for ids, _ in rows)
    ids = [row + [pad] * (width - len(row)) for row, _ in rows]
    labels = [row + [IGNORED] * (width - len(row)) for _, row in rows]
    return torch.tensor(ids), torch.tensor(labels)


def loss_of(model: Qwen3ForCausalLM, batch: Batch) -> torch.Tensor:
    """Return the mean loss over the learned tokens; only their logits are computed."""
    ids, labels = batch
    states = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    learned = wanted != IGNORED
    return cross_entropy(model.lm_head(states[learned]), wanted[learned])


def train_stage(model: Qwen3ForCausalLM, stage: Stage, data: list[Batch]) -> None:
    """Train one epoch over a stage's batches, with a short warm-up and a long way down."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    muon_peak, adam_peak = PEAK[stage]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(others, lr=adam_peak, betas=(0.9, 0.98), weight_decay=0.0)
    started, smooth = time.monotonic(), 0.0
    model.train()
    for step, batch in enumerate(data):
        share = min(1.0, (step + 1) / 50) * (1 - step / len(data))
        adam.param_groups[0]["lr"] = adam_peak * share
        loss = loss_of(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        muon.step(muon_peak * share)
        adam.step()
        model.zero_grad(set_to_none=True)
        smooth = loss.item() if step == 0 else 0.98 * smooth + 0.02 * loss.item()
        if step % 50 == 0 or step == len(data) - 1:
            spent = time.monotonic() - started
            line = f"{stage} {step + 1}/{len(data)} loss {smooth:.3f} {spent:.0f}s"
            print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Read the command line and make the family."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--out", type=Path, default=FOLDER, help="where base/, instruct/, reasoning/ go"
    )
    parser.add_argument(
        "--minutes-scale", type=float, default=1.0, help="train on this share of the texts"
    )
    options = parser.parse_args()
    torch.manual_seed(0)
    texts = (text for s in STAGES for text in pieces(s, TEXTS[s] // TOKENIZER_SHARE))
    sample = ("".join(piece.text for piece in text) for text in texts)
    tokenizer = train_tokenizer(sample)
    model = new_model(token_id(tokenizer, END_OF_TEXT))
    print(f"{model.num_parameters():,} parameters", file=sys.stderr)
    for stage in STAGES:
        data = batches(stage, tokenizer, int(TEXTS[stage] * options.minutes_scale))
        train_stage(model, stage, data)
        save(model, tokenizer, stage, options.out)


if __name__ == "__main__":
    main()
