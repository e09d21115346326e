"""Rows and details for pytest-html. It escapes neither, so everything here is escaped first."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from pytest_qwen.messages.visible import visible
from pytest_qwen.report.anchor import anchor

if TYPE_CHECKING:
    from pytest_qwen.record.record import Line

LIMIT = 2000
"""Characters of one text that the page shows; the record has all of them."""

ROW_LIMIT = 50_000
"""Characters of HTML after which a row has no further samples."""


class Rows:
    """The hooks of pytest-html; with `--qwen-report`, a row leads to its case there."""

    def __init__(self, config: pytest.Config) -> None:
        report, html = config.getoption("--qwen-report"), config.getoption("--html", None)
        start = config.invocation_params.dir
        folder = (start / html).parent if html else start
        self.report = quote(_relative(start / report, folder)) if report else ""

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add the columns role and behavior after the test's id."""
        kinds = (f'<th class="sortable" data-column-type="{n}">{n.title()}</th>' for n in _COLUMNS)
        cells[2:2] = kinds

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Fill the columns of a row; tests of other plugins leave them empty."""
        lines: list[Line] = getattr(report, "qwen", {}).get("lines", [])
        first = lines[0] if lines else {}
        role, behavior = (_show(first.get(name) or "") for name in _COLUMNS)
        if lines:
            cells[1] = cells[1].replace(report.nodeid, _show(report.nodeid))
        if lines and self.report:
            link = f"{self.report}#{anchor(report.nodeid)}"
            behavior = f'<a href="{_show(link)}">{behavior}</a>'
        cells[2:2] = [
            f'<td class="col-role">{role}</td>',
            f'<td class="col-behavior">{behavior}</td>',
        ]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        """Put prompt, thinking, answer and verdicts of the samples into the row's details."""
        lines: list[Line] = getattr(report, "qwen", {}).get("lines", [])
        shown: list[str] = []
        for number, line in enumerate(lines):
            if sum(map(len, shown)) > ROW_LIMIT:
                shown.append(f"<p>… {len(lines) - number} more samples: see the record</p>")
                break
            shown.append(_details(line))
        data[:0] = shown


_COLUMNS = ("role", "behavior")


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _details(line: Line) -> str:
    if line["kind"] == "comparison" and not line["error"]:
        return _comparison(line)
    if line["error"]:
        return f"<p>{_show(line['error']['kind'])}: {_show(line['error']['message'])}</p>"
    if line["kind"] == "case":
        return f'<div class="qwen">{_verdict(line)}</div>'
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
    text = str(text)
    more = f"… ({len(text) - LIMIT} more characters)" if len(text) > LIMIT else ""
    return escape(visible(text[:LIMIT]) + more)
