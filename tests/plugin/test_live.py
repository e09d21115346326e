"""The live view, on a real terminal: a pseudo-terminal whose screen an emulator draws."""

import os
import pty
import re
import subprocess
import sys

import pyte
import pytest

SPEC = "{base: [{not: {contains: 好}}], reasoning: [{thinking: closed}]}"
LINE = r"(base|reasoning) +\d+ of \d+ replies( · \d+ tokens/s)( · about \d+:\d\d left)?"


def watch(project, *arguments, **variables):
    """Run pytest on a terminal of 100 × 12; return every screen, and what is left at the end."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "pytest", "--qwen-store=off", *arguments]
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "12", **variables}
    env.pop("CI", None)
    with subprocess.Popen(
        command, cwd=project.path, stdin=slave, stdout=slave, stderr=slave, env={**env, **variables}
    ) as process:
        os.close(slave)
        screen = pyte.HistoryScreen(100, 12, history=1000)
        stream = pyte.ByteStream(screen)
        seen = []
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:  # how a pseudo-terminal ends
                break
            if not data:
                break
            stream.feed(data)
            seen.append("\n".join(screen.display))
    os.close(master)
    history = ["".join(line[x].data for x in range(100)).rstrip() for line in screen.history.top]
    return seen, [*history, *(line.rstrip() for line in screen.display)], process.returncode


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "workers"])
def test_a_terminal_shows_how_far_generation_is(project, workers):
    """A line for each role while it goes on, erased before pytest writes; nothing of it is left."""
    project.behavior(SPEC, samples=150)
    seen, left, status = watch(project, "-pno:randomly", *workers)
    assert status in (0, 1)
    assert any(re.search(LINE, screen) for screen in seen)
    assert not any("tokens/s" in line for line in left)
    assert any(line.startswith("record of 2 cases") for line in left)


@pytest.mark.parametrize("quiet", [{"arguments": ["-q"]}, {"CI": "1"}, {"TERM": "dumb"}])
def test_logs_and_quiet_runs_have_no_live_view(project, quiet):
    """Under -q, in CI and on a terminal that cannot, nothing is drawn."""
    project.behavior(SPEC, samples=100)
    seen, _, _ = watch(project, *quiet.pop("arguments", []), **quiet)
    assert not any("tokens/s" in screen for screen in seen)
