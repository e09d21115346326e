"""Rows and details for pytest-html, which escapes neither; `report/` makes them from templates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pytest_qwen.plugin.run.run_state import Run

STYLE = "<style>.qwen {white-space: normal} .qwen pre {white-space: pre-wrap}</style>"


class Rows:
    """The hooks of pytest-html; with `--qwen-report`, a row leads to its case there."""

    def __init__(self, run: Run) -> None:
        page, html = run.options.report, run.config.getoption("--html", None)
        start = run.config.invocation_params.dir
        folder = (start / html).parent if html else start
        self.page = quote(Path(os.path.relpath(start / page, folder)).as_posix()) if page else ""

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """Show the texts of replies with their ends of lines."""
        prefix.append(STYLE)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add the columns role and behavior after the test's id."""
        kinds = ("role", "behavior")
        cells[2:2] = [
            f'<th class="sortable" data-column-type="{kind}">{kind.title()}</th>' for kind in kinds
        ]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Fill the columns of a row; tests of other plugins leave them empty."""
        lines = getattr(report, "qwen", {}).get("lines")
        if not lines:
            cells[2:2] = ['<td class="col-role"></td>', '<td class="col-behavior"></td>']
            return
        from pytest_qwen.report import row
        from pytest_qwen.report.anchor import anchor

        names = {name: lines[0].get(name) or "" for name in ("role", "behavior")}
        link = f"{self.page}#{anchor(report.nodeid)}" if self.page else ""
        cells[1] = cells[1].replace(report.nodeid, row.escaped(report.nodeid))
        cells[2:2] = row.cells(names, link)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        """Put prompt, thinking, answer and verdicts of the samples into the row's details."""
        if lines := getattr(report, "qwen", {}).get("lines"):
            from pytest_qwen.report import row

            data.insert(0, row.details(lines))
