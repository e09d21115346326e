"""How far generation is: on a terminal, a line a role below pytest's own; in logs, now and then.

    behaviors/reasoning/compare_decimals.yaml ....
    base      ━━━━━━━━━━━━━━━━━━━━━━━━ done
    instruct  ━━━━━━━━━━━━━━╸          38 of 60 replies · 412 tokens/s · about 0:21 left
    reasoning                          0 of 48 replies · 2 failed

Nothing is shown under `-q`, or where all replies come from the store.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import nullcontext
from threading import RLock
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # every project of the environment imports this module
    from pytest_qwen.engine.tally import Tally
    from pytest_qwen.plugin.shown.screen import Screen

ROLES = ("base", "instruct", "reasoning")

FIRST_LINE, NEXT_LINE = 10.0, 60.0
"""Seconds until a log gets its first line, and from one line to the next."""


class Progress:
    """What is shown of a run while it goes on; see the module."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tallies: dict[str, Tally] = {}
        self._failed: Counter[str] = Counter()
        self._screen: Screen | None = None
        self._due = time.monotonic() + FIRST_LINE
        self._writing = RLock()  # held while pytest writes: tallies come from other threads too

    def show(self, tallies: Mapping[str, Tally]) -> None:
        """Show how far the roles are, but not in the middle of what pytest writes."""
        self._tallies |= tallies
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or terminal.verbosity < 0 or not self._writing.acquire(blocking=False):
            return
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        try:
            with capture.global_and_fixture_disabled() if capture else nullcontext():
                self._show(terminal)
        finally:
            self._writing.release()

    def _show(self, terminal: pytest.TerminalReporter) -> None:
        texts = progress_texts(self._tallies, self._failed)
        dumb = os.environ.get("TERM", "dumb") == "dumb" or bool(os.environ.get("CI"))
        shared = self._config.getoption("capture") == "no"  # tests write on the same screen
        if terminal.isatty and not dumb and not shared:
            from pytest_qwen.plugin.shown.screen import Screen

            self._screen = self._screen or Screen(terminal)
            self._screen.draw(texts, self._tallies)
        elif time.monotonic() >= self._due:
            self._due = time.monotonic() + NEXT_LINE
            terminal.write_line(" | ".join(f"{role}: {text}" for role, text in texts.items()))
            terminal.flush()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self) -> Generator[None, Any, Any]:
        """Make room for what pytest writes."""
        with self._writing:
            if self._screen:
                self._screen.erase()
                self._screen = None
            return (yield)

    pytest_runtest_logfinish = pytest_enter_pdb = pytest_sessionfinish = pytest_runtest_logstart

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, Any, Any]:
        """Make room for what pytest writes, and count failures."""
        if report.failed:
            lines = getattr(report, "qwen", {}).get("lines", ())
            self._failed.update({line["role"] for line in lines if line.get("role")})
        return (yield from self.pytest_runtest_logstart())


def progress_texts(tallies: Mapping[str, Tally], failed: Mapping[str, int]) -> dict[str, str]:
    """Return, by role, how far it is and how many of its cases failed.

    >>> from pytest_qwen.engine.tally import Tally
    >>> progress_texts({"base": Tally(done=3, left=9, tokens=600, seconds=2.0)}, {"base": 1})
    {'base': '3 of 12 replies · 300 tokens/s · about 0:06 left · 1 failed'}
    """
    texts = {}
    for role in ROLES:
        if role not in tallies:
            continue
        tally = tallies[role]
        parts = [f"{tally.done} of {tally.done + tally.left} replies" if tally.left else "done"]
        if tally.left and tally.seconds:
            parts.append(f"{tally.tokens / tally.seconds:.0f} tokens/s")
        if tally.left and tally.done:
            seconds = round(tally.seconds / tally.done * tally.left)
            parts.append(f"about {seconds // 60}:{seconds % 60:02} left")
        if failed.get(role):
            parts.append(f"{failed[role]} failed")
        texts[role] = " · ".join(parts)
    return texts
