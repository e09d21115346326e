"""Rows and details for pytest-html. It escapes neither, so everything here is escaped first."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qwen.core.visible import visible

if TYPE_CHECKING:
    from pytest_qwen.core.record import Line

LIMIT = 4000
"""Characters of one text that the page shows; the record has all of them."""


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """Add the columns role and behavior after the test's id."""
    cells[2:2] = [f'<th class="sortable" data-column-type="{n}">{n.title()}</th>' for n in _COLUMNS]


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: Any, cells: list[str]) -> None:
    """Fill the columns of a row; tests of other plugins leave them empty."""
    lines: list[Line] = getattr(report, "qwen", {}).get("lines", [])
    first = lines[0] if lines else {}
    cells[2:2] = [f'<td class="col-{n}">{_show(first.get(n) or "")}</td>' for n in _COLUMNS]


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_html(report: Any, data: list[str]) -> None:
    """Put prompt, thinking, answer and verdicts of every sample into the row's details."""
    lines: list[Line] = getattr(report, "qwen", {}).get("lines", [])
    data[:0] = [_details(line) for line in lines]


_COLUMNS = ("role", "behavior")


def _details(line: Line) -> str:
    if line["kind"] == "comparison" and not line["error"]:
        return _comparison(line)
    if line["error"]:
        return f"<p>{_show(line['error']['kind'])}: {_show(line['error']['message'])}</p>"
    reply = line["reply"]
    head = f"sample {reply['sample']}, seed {reply['seed']}, finish {reply['finish']}"
    parts = [f"<h3>{_show(head)}</h3>"]
    parts += (_block(message["role"], message["content"]) for message in line["prompt"])
    if reply["thinking"]:
        parts.append(
            f"<details><summary>thinking ({_show(reply['thinking_state'])})</summary>"
            f"{_block('', reply['thinking'])}</details>"
        )
    said = reply["answer"] if reply["thinking"] else reply["text"]
    parts.append(_block("answer", said or "(none)"))
    parts += map(_verdict, line["verdicts"])
    return f'<div class="qwen">{"".join(parts)}</div>'


def _comparison(line: Line) -> str:
    """Show the mean of every role, and the scores of every prompt."""
    parts = [f"<h3>{_show(line['claim'])}, {_show(line['order'])}</h3>"]
    for step in line["steps"]:
        mark = "✓" if step["passed"] else "✗"
        low, high = step["means"]
        said = f"{mark} {step['lower']} {low:.3g} {step['sign']} {step['upper']} {high:.3g}"
        parts.append(f"<p>{_show(said)}</p>")
    rows = (
        "".join(f"<td>{_show(str(cell))}</td>" for cell in [name, *prompt["scores"].values()])
        for prompt in line["prompts"]
        for name in [f"{prompt['behavior']}[{prompt['prompt_id']}]"]
    )
    parts.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    return f'<div class="qwen">{"".join(parts)}</div>'


def _verdict(verdict: dict[str, Any]) -> str:
    mark = {True: "✓", False: "✗", None: "–"}[verdict["passed"]]
    said = f"{mark} {verdict['trait']} {verdict['args'] or ''}: {verdict['evidence']['got']}"
    return f"<p>{_show(said)}</p>"


def _block(title: str, text: str) -> str:
    head = f"<b>{_show(title)}</b>" if title else ""
    return f'{head}<pre style="white-space: pre-wrap">{_show(text)}</pre>'


def _show(text: str) -> str:
    """The one place where text becomes HTML."""
    text = visible(str(text))
    more = f"… ({len(text) - LIMIT} more characters)" if len(text) > LIMIT else ""
    return escape(text[:LIMIT] + more)
