"""The live view: below pytest's own line, one for each role that is being generated.

    behaviors/reasoning/compare_decimals.yaml ....
    base       done
    instruct   38 of 60 replies · 412 tokens/s · about 0:21 left
    reasoning  0 of 48 replies · 2 missed

It is drawn on terminals alone, and erased before anything else is written.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # every project of the environment imports this module
    from pytest_qwen.engine.tally import Tally

LIVE = pytest.StashKey["Live"]()

ROLES = ("base", "instruct", "reasoning")


class Live:
    """What is shown of a run while it goes on; see the module."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tallies: dict[str, Tally] = {}
        self._missed: Counter[str] = Counter()
        self._drawn = 0

    def show(self, tallies: Mapping[str, Tally]) -> None:
        """Draw how far the roles are."""
        self._tallies |= tallies
        if terminal := self._terminal():
            width = terminal._tw.fullwidth  # noqa: SLF001 - pytest has no public name for it
            lines = [line[: width - 1] for line in lines_of(self._tallies, self._missed)]
            self._write(terminal, _erased(self._drawn) + _below(lines))
            self._drawn = len(lines)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Make room for what pytest writes."""
        self.erase()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Make room for what pytest writes, and count misses."""
        self.erase()
        if report.failed:
            lines = getattr(report, "qwen", {}).get("lines", ())
            self._missed.update({line["role"] for line in lines if line.get("role")})

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Make room for the summary."""
        self.erase()

    def erase(self) -> None:
        """Remove what is drawn."""
        if self._drawn and (terminal := self._terminal()):
            self._write(terminal, _erased(self._drawn))
            self._drawn = 0

    def _terminal(self) -> pytest.TerminalReporter | None:
        """Return pytest's terminal if it is one and somebody wants to look at it."""
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        dumb = os.environ.get("TERM", "dumb") == "dumb" or bool(os.environ.get("CI"))
        if terminal is None or dumb or terminal.verbosity < 0 or not terminal.isatty:
            return None
        return terminal  # type: ignore[no-any-return] # plugins are untyped

    def _write(self, terminal: pytest.TerminalReporter, text: str) -> None:
        """Write past pytest's capture, in one piece: another thread may be writing."""
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            terminal.write(text, flush=True)


def lines_of(tallies: Mapping[str, Tally], missed: Mapping[str, int]) -> list[str]:
    """Return a line for each role that has something to say.

    >>> from pytest_qwen.engine.tally import Tally
    >>> lines_of({"base": Tally(done=3, left=9, tokens=600, seconds=2.0)}, {"base": 1})
    ['base       3 of 12 replies · 300 tokens/s · about 0:06 left · 1 missed']
    """
    lines = []
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
        if missed.get(role):
            parts.append(f"{missed[role]} missed")
        lines.append(f"{role:9}  {' · '.join(parts)}")
    return lines


# Control sequences of ECMA-48 and DEC's VT100, which all terminals of today know.
_SAVE, _RESTORE, _DOWN, _CLEAR_BELOW = "\x1b7", "\x1b8", "\x1b[B", "\x1b[J"
_INDEX = "\x1bD"  # down by one in the same column; at the bottom the screen scrolls


def _below(lines: list[str]) -> str:
    """Return what writes lines below the cursor and leaves it where it is."""
    room = _INDEX * len(lines) + f"\x1b[{len(lines)}A"
    return room + _SAVE + "".join(f"{_DOWN}\r{line}" for line in lines) + _RESTORE


def _erased(count: int) -> str:
    return f"{_SAVE}{_DOWN}\r{_CLEAR_BELOW}{_RESTORE}" if count else ""
