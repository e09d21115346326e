"""Measure the tiny family on held-out exercises and write the table into docs/tiny-family.md.

    python -m recipes.tiny.card [--dir DIR] [--out docs/tiny-family.md] [--count 100]

Every task, role and language: the share of right answers, sampled once each at the role's own
recommended sampling. The base model is asked through chat like the others. A second table counts
habits: running on into further turns, looping, never coming to an end.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import torch
from transformers import AutoTokenizer, Qwen3ForCausalLM

from pytest_qwen.family.embedded import FOLDER
from recipes.tiny.tasks import TASKS, Example, draw
from recipes.tiny.template import END_OF_THINK, END_OF_TURN, THINK, TURN
from recipes.tiny.world import LANGS

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
#: (column, checkpoint, thinking switched off)
COLUMNS = (
    ("base", "base", False),
    ("instruct", "instruct", False),
    ("reasoning", "reasoning", False),
    ("reasoning, thinking off", "reasoning", True),
)
LONGEST = 220


class Loaded(NamedTuple):
    """A checkpoint ready to answer."""

    tokenizer: Any
    model: Qwen3ForCausalLM


def load(folder: Path) -> Loaded:
    """Load a checkpoint as float32: the shipped bfloat16 weights, exactly."""
    model = Qwen3ForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return Loaded(AutoTokenizer.from_pretrained(folder), model.eval())


def prompt_of(loaded: Loaded, example: Example, thinking_off: bool) -> str:
    """Render an example's conversation through the checkpoint's own template."""
    messages = [{"role": "system", "content": example.system}] if example.system else []
    for user, assistant in example.history:
        messages.append({"role": "user", "content": user})
        messages.append({"role": "assistant", "content": assistant})
    messages.append({"role": "user", "content": example.prompt})
    switch = {"enable_thinking": False} if thinking_off else {}
    text: str = loaded.tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True, **switch
    )
    return text


@torch.inference_mode()
def replies(loaded: Loaded, prompts: Sequence[str], seed: int = 0) -> list[str]:
    """Return one sampled reply to each prompt, with its marks, up to and with the end of turn."""
    torch.manual_seed(seed)
    inputs = loaded.tokenizer(list(prompts), return_tensors="pt", padding=True, padding_side="left")
    inputs.pop("token_type_ids", None)
    out = loaded.model.generate(**inputs, max_new_tokens=LONGEST)
    tails = out[:, inputs["input_ids"].shape[1] :]
    pad = loaded.tokenizer.pad_token
    return [text.split(pad)[0] for text in loaded.tokenizer.batch_decode(tails)]


def is_right(example: Example, reply: str, *, thinks: bool) -> bool:
    """Judge a reply: it must end its turn, think once where it should, and answer rightly."""
    if not reply.endswith(END_OF_TURN):
        return False
    answer = reply.removesuffix(END_OF_TURN)
    if thinks:
        once = answer.count(THINK) == answer.count(END_OF_THINK) == 1
        if not once or not answer.startswith(THINK):
            return False
        answer = answer.split(END_OF_THINK)[1].lstrip("\n")
    return TASKS[example.task].judge(example, answer)


def measure(folder: Path, count: int) -> dict[tuple[str, str, str], float]:
    """Return {(task, language, column): share of right answers on held-out examples}."""
    shares: dict[tuple[str, str, str], float] = {}
    for column, role, off in COLUMNS:
        loaded = load(folder / role)
        for task in TASKS:
            for lang in LANGS:
                rng = Random(f"card {task} {lang}")
                examples = [draw(rng, task, lang, held=True) for _ in range(count)]
                said = replies(loaded, [prompt_of(loaded, e, off) for e in examples])
                thinks = role == "reasoning" and not off
                right = [is_right(e, r, thinks=thinks) for e, r in zip(examples, said, strict=True)]
                share = shares[task, lang, column] = sum(right) / count
                line = f"{column:24}{task:12}{lang} {share:.0%}"
                print(line, file=sys.stderr, flush=True)
    return shares


def loops(text: str) -> bool:
    """Tell whether some stretch of twelve characters comes three times or more."""
    stretches = Counter(text[i : i + 12] for i in range(len(text) - 11))
    return max(stretches.values(), default=0) >= 3


def habits(folder: Path, each: int = 4) -> str:
    """Return a table of habits over held-out exercises of every task, as Markdown."""
    rows = ["| asked | further turns | loops | no end |", "| --- | ---: | ---: | ---: |"]
    rng = Random("habits")
    examples = [draw(rng, t, la, held=True) for t in TASKS for la in LANGS for _ in range(each)]
    for role, bare in (("base", True), ("base", False), ("instruct", False), ("reasoning", False)):
        loaded = load(folder / role)
        prompts = [e.prompt if bare else prompt_of(loaded, e, thinking_off=False) for e in examples]
        said = replies(loaded, prompts)
        counts = (
            sum(TURN in reply for reply in said),
            sum(map(loops, said)),
            sum(len(loaded.tokenizer(reply)["input_ids"]) >= LONGEST for reply in said),
        )
        name = f"{role}, {'bare text' if bare else 'through chat'}"
        rows.append(f"| {name} | " + " | ".join(f"{n / len(said):.0%}" for n in counts) + " |")
    return "\n".join(rows)


def table(shares: dict[tuple[str, str, str], float], count: int) -> str:
    """Return the table as Markdown."""
    names = [column for column, _, _ in COLUMNS]
    lines = [
        f"{count} held-out exercises a cell, each sampled once as the role recommends, seed 0.",
        "",
        "| task | language | " + " | ".join(names) + " |",
        "| --- | --- |" + " ---: |" * len(names),
    ]
    for task in TASKS:
        for lang in LANGS:
            cells = " | ".join(f"{shares[task, lang, name]:.0%}" for name in names)
            lines.append(f"| {task} | {lang} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, and put the table between the marks of the card."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--dir", type=Path, default=FOLDER, help="where base/, instruct/, reasoning/ are"
    )
    parser.add_argument("--out", type=Path, default=Path("docs/tiny-family.md"), help="the card")
    parser.add_argument("--count", type=int, default=100, help="exercises a cell")
    options = parser.parse_args()
    text = table(measure(options.dir, options.count), options.count)
    text += "\n\nHabits, over four held-out exercises of each task and language, same sampling:\n\n"
    text += habits(options.dir)
    page = options.out.read_text("utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    options.out.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
