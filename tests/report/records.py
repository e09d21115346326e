"""Records for tests, written as runs write them."""

from __future__ import annotations

from pathlib import Path

from pytest_qwen.record.codec import from_data, line_from_data
from pytest_qwen.record.schema import RunLine
from pytest_qwen.record.writing import RecordWriter


def case(behavior="greets", role="instruct", prompt="zh"):
    return f"behaviors/{behavior}.yaml::{behavior}[{role}-{prompt}]"


def sample(
    text="你好！",
    passed=True,
    *,
    number=0,
    behavior="greets",
    role="instruct",
    prompt="zh",
    verdicts=None,
    error=None,
    reply=True,
    asked="说你好。",
    at_least=1.0,
    loop=None,
    **fields,
):
    """Return a sample line; `fields` are the reply's."""
    evidence = {"got": "it", "of": "answer", "spans": []}
    verdict = {"trait": "starts_with", "args": "你", "passed": passed, "evidence": evidence}
    recorded = {
        "text": text,
        "token_ids": list(range(len(text))),
        "thinking": "",
        "answer": text,
        "thinking_state": "absent",
        "finish": "stop",
        "n_prompt_tokens": 3,
        "n_thinking_tokens": 0,
        "seed": 7,
        "sample": number,
        "request_key": "",
    }
    loops = {} if loop is None else {"loop": loop}
    return loops | {
        "kind": "sample",
        "case": case(behavior, role, prompt),
        "behavior": behavior,
        "role": role,
        "prompt_id": prompt,
        "cluster": behavior,
        "prompt": [{"role": "user", "content": asked}],
        "reply": {**recorded, **fields} if reply else None,
        "verdicts": [{**verdict, "line": 9, "at_least": at_least}]
        if verdicts is None
        else verdicts,
        "error": error,
    }


def whole(trait="more_than", passed=False, *, prompt="zh", **fields):
    """Return the line of a verdict on a whole case."""
    node = case(prompt=prompt)
    line = {"kind": "case", "case": node, "trait": trait, "args": {"prompt": "other"}, "line": 4}
    evidence = {"got": "7, other 9"}
    return {**line, "passed": passed, "evidence": evidence, "message": "", "error": None, **fields}


def record(path: Path, *lines, end=True, expected=(), **run):
    """Write a record; `expected` names cases besides those that have lines."""
    header = {"schema": 2, "suite": ["behaviors"], "family": "tiny"}
    header |= {"versions": {"pytest-qwen": "0.1.0"}, **run}
    writer = RecordWriter(path, from_data(RunLine, header))
    writer.write(list(map(line_from_data, lines)))
    if end:
        writer.close([*writer.cases, *expected], 0)
    return path
