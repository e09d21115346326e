"""How large the reviewers' page becomes, how long it takes to build, and to open in Chromium.

    python -m benchmarks.report                     400 prompts with 25 samples each
    python -m benchmarks.report --two               as baseline and candidate, each text another

Texts are random words, half of them Chinese, of about the lengths that small models give: answers
around 400 characters, thinking around 1200; one sample in fifteen is a loop that was cut off.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from pytest_qwen.record.codec import line_from_data
from pytest_qwen.record.schema import SCHEMA, RunLine
from pytest_qwen.record.writing import RecordWriter
from pytest_qwen.report import page_of
from tests.report.browser import CHROMIUM, browser

ROLES = ("base", "instruct", "reasoning")
ENGLISH = (
    "the",
    "model",
    "answers",
    "with",
    "words",
    "that",
    "go",
    "on",
    "until",
    "a",
    "dot",
    "ends",
)
CHINESE = "模型回答的文字会继续一段时间直到句子结束为止而且还有别的内容在其中出现"


def text(rng: random.Random, characters: int, chinese: bool) -> str:
    """Return random words, new ones made up on the way, so that they pack about as prose does."""
    words: list[str] = []
    size = 0
    while size < characters:
        word = rng.choice(CHINESE) if chinese else rng.choice(ENGLISH)
        if rng.random() < 0.3:
            code = rng.randrange(0x4E00, 0x5800)
            word = chr(code) if chinese else format(rng.randrange(10**6), "x")
        words += (word, "" if chinese else " ")
        size += len(word) + (not chinese)
        if rng.random() < 0.06:
            words.append("。" if chinese else ". ")
    return "".join(words)


def lines(prompts: int, samples: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the lines of a run; another seed says everything otherwise."""
    rng = random.Random(seed)
    for p in range(prompts):
        role, behavior, chinese = ROLES[p % 3], f"behavior_{p // 12}", p % 2 == 0
        prompt_id = f"prompt_{p // 3}"
        for k in range(samples):
            loop, passed = rng.random() < 1 / 15, rng.random() < 0.9
            answer = text(rng, rng.randrange(100, 700), chinese)
            answer = answer[:40] * 60 if loop else answer
            thinking = text(rng, rng.randrange(400, 2000), chinese) if role == "reasoning" else ""
            unit = {"of": "answer", "unit": answer[:40], "count": 60, "period": 8}
            verdict = {"args": None, "line": 9, "at_least": 0.75}
            evidence = {"got": "what was found in the answer", "of": "answer", "spans": [[2, 9]]}
            yield {
                "kind": "sample",
                "case": f"behaviors/b{p // 12}.yaml::{behavior}[{role}-{prompt_id}]",
                "behavior": behavior,
                "role": role,
                "prompt_id": prompt_id,
                "prompt": [{"role": "user", "content": text(random.Random(p // 3), 80, chinese)}],
                "reply": {
                    "text": f"<think>{thinking}</think>{answer}" if thinking else answer,
                    "answer": answer,
                    "thinking": thinking,
                    "thinking_state": "closed" if thinking else "absent",
                    "finish": "length" if loop else "stop",
                    "token_ids": list(range(len(answer) // 2)),
                    "n_thinking_tokens": len(thinking) // 2,
                    "seed": 7,
                    "sample": k,
                },
                "verdicts": [
                    {**verdict, "trait": "starts_with", "passed": passed, "evidence": evidence},
                    {**verdict, "trait": "finish", "passed": not loop, "evidence": evidence},
                ],
                "error": None,
                **({"loop": unit | {"spans": [[0, 2400]]}} if loop else {}),
            }


def record(path: Path, prompts: int, samples: int, seed: int) -> Path:
    """Write a record."""
    writer = RecordWriter(path, RunLine(schema=SCHEMA, family="random", suite=["behaviors"]))
    writer.write(list(map(line_from_data, lines(prompts, samples, seed))))
    writer.close(list(writer.cases), 0)
    return path


def main() -> None:
    """Build the page, open it five times, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prompts", type=int, default=400)
    parser.add_argument("--samples", type=int, default=25)
    parser.add_argument("--two", action="store_true", help="compare with a baseline")
    parser.add_argument("--keep", metavar="FILE", type=Path, help="keep the page")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        now = record(folder / "now.jsonl", args.prompts, args.samples, 1)
        was = record(folder / "was.jsonl", args.prompts, args.samples, 2) if args.two else None
        print(f"record     {now.stat().st_size / 1e6:6.1f} MB")
        start, used = time.perf_counter(), time.process_time()
        page = page_of(now, was)
        wall, used = time.perf_counter() - start, time.process_time() - used
        print(f"built in   {wall:6.1f} s, {used:.1f} s of it on the processor")
        print(f"page       {len(page) / 1e6:6.1f} MB")
        path = args.keep or folder / "page.html"
        path.write_bytes(page)
        if not CHROMIUM:
            print("opened in  not measured: chromium is not installed")
            return
        with browser() as tab:
            seconds = [tab.open(path.resolve().as_uri()) for _ in range(5)]
        times = ", ".join(f"{s:.2f}" for s in seconds)
        print(f"opened in  {median(seconds):6.2f} s, the median of {times}")


if __name__ == "__main__":
    main()
