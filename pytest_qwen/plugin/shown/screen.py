"""Lines below what pytest writes on a terminal; imported when there is something to show."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from rich.console import Console
from rich.control import Control
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from pytest_qwen.engine.tally import Tally


class Screen:
    """Is drawn below the line that pytest has begun, and erased before pytest goes on."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        writer = terminal._tw  # noqa: SLF001 - pytest has no public name for it
        terminal.flush()
        self._column = writer.width_of_current_line
        console = Console(file=writer._file, force_terminal=True, highlight=False)  # noqa: SLF001
        self._live = Live(
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        console.line()
        self._live.start()

    def draw(self, texts: Mapping[str, str], tallies: Mapping[str, Tally]) -> None:
        """Show a line for each role, in place of those before."""
        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(width=24)
        table.add_column(no_wrap=True, overflow="ellipsis")
        for role, text in texts.items():
            tally = tallies[role]
            table.add_row(role, ProgressBar(tally.done + tally.left, tally.done), text)
        self._live.update(table, refresh=True)

    def erase(self) -> None:
        """Remove what is drawn, and put the cursor back where pytest goes on to write."""
        self._live.stop()
        self._live.console.control(Control.move_to_column(self._column, -1))
