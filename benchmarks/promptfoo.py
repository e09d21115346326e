"""promptfoo's text assertions as lines for `pytest-qwen judge`: the table of docs/promptfoo.md.

    python benchmarks/promptfoo.py < assertions.jsonl | pytest-qwen judge -

A line that comes in has id, promptfoo_type, value, output, expected, inverse (`not-`) and perhaps
threshold, as promptfoo (https://www.promptfoo.dev/docs/configuration/expected-outputs/) has them.
"""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

import yaml


def trait(kind: str, value: Any, threshold: float | None) -> dict[str, Any]:
    """Return an assertion as YAML for pytest-qwen has it: a trait and its arguments."""
    share = {} if threshold is None else {"at_least": threshold}
    edits = {} if threshold is None else {"at_most": threshold}
    case = {"ignore_case": True} if kind.startswith("icontains") else {}
    match kind.removeprefix("i") if case else kind:
        case "equals" if isinstance(value, dict | list):
            return {"json": {"json_schema": {"const": value}}}
        case "equals" | "starts-with" | "ends-with" | "regex":
            return {kind.replace("-", "_"): str(value)}
        case "contains":
            return {"contains": {"substrings": str(value), **case}}
        case "contains-all":
            return {"contains": {"substrings": items(value), **case}}
        case "contains-any":
            return {"contains_any": {"substrings": items(value), **case}}
        case "levenshtein":
            return {"levenshtein": {"reference": str(value), **edits}}
        case "rouge-n":
            return {"rouge_n": {"reference": str(value), **share}}
        case "similar":
            return {"similar": {"references": value, **share}}
        case "word-count":
            bounds = value if isinstance(value, dict) else {"min": value, "max": value}
            names = {"min": "at_least", "max": "at_most"}
            return {"length": {"unit": "words", **{names[k]: int(v) for k, v in bounds.items()}}}
        case "is-json" | "contains-json":
            schema = yaml.safe_load(value) if isinstance(value, str) else value
            args = None if schema is None else {"json_schema": schema}
            return {"json" if kind == "is-json" else "contains_json": args}
        case "is-xml" | "contains-xml":
            wanted = value["requiredElements"] if isinstance(value, dict) else value
            args = None if wanted is None else {"elements": items(wanted)}
            return {"xml" if kind == "is-xml" else "contains_xml": args}
        case "is-html" | "contains-html":
            return {"html" if kind == "is-html" else "contains_html": None}
        case _:
            raise SystemExit(f"{kind}: expected an assertion of the table in docs/promptfoo.md")


def items(value: Any) -> list[str]:
    """Return a list of texts, which promptfoo also takes as one with commas and quotes."""
    if isinstance(value, str):
        row = next(csv.reader([value.replace('\\"', '""')], skipinitialspace=True), [])
        value = [item.strip() for item in row if item.strip()]
    return [str(item) for item in value]


for text in sys.stdin:
    line = json.loads(text)
    asked = trait(line["promptfoo_type"], line["value"], line.get("threshold"))
    if line.get("inverse"):
        asked = {"not": asked}
    ((name, args),) = asked.items()
    case = {key: line[key] for key in ("id", "output", "expected")}
    print(json.dumps({**case, "trait": name, "args": args}))
