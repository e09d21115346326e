"""The progress of generation: on a real terminal, whose screen an emulator draws, and in logs."""

import os
import pty
import re
import subprocess
import sys

import pyte
import pytest

SPEC = "{base: [{not: {contains: ☃}}], reasoning: [{not: {contains: ☃}}]}"
TEXT = r"\d+ of \d+ replies( · \d+ tokens/s)( · about \d+:\d\d left)?"
SOON = "import pytest_qwen.plugin.shown.progress as p\np.FIRST_LINE, p.NEXT_LINE = 0, 0.6\n"


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
        screen = pyte.HistoryScreen(100, 12, history=2000)
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


@pytest.mark.parametrize("arguments", [[], ["-v"], ["-n2"]], ids=["alone", "verbose", "workers"])
def test_a_terminal_shows_how_far_generation_is(project, arguments):
    """A line for each role while it goes on, erased before pytest writes; nothing of it is left."""
    project.behavior(SPEC, samples=50)
    seen, left, status = watch(project, "-pno:randomly", *arguments)
    assert status == 0
    assert any(re.search(f"(base|reasoning) +[━╸╺]* *{TEXT}", screen) for screen in seen)
    assert not any("tokens/s" in line for line in left)
    assert any(line.startswith("record of 2 cases") for line in left)
    begun = [line for line in left if line.startswith(("behaviors/says.yaml", "."))]
    expected = {
        "-v": [
            r"behaviors/says.yaml::says\[base-zh\] PASSED +\[ 50%\]",
            r"behaviors/says.yaml::says\[reasoning-zh\] PASSED +\[100%\]",
        ],
        "-n2": [r"[.]{2} +\[100%\]"],
    }.get("".join(arguments), [r"behaviors/says.yaml [.]{2} +\[100%\]"])
    assert len(begun) == len(expected), left
    assert all(map(re.fullmatch, expected, begun)), left


@pytest.mark.parametrize("log", [{"CI": "1"}, {"arguments": ["-s"]}], ids=["ci", "-s"])
def test_logs_have_a_line_now_and_then(project, log):
    """Nothing is drawn in CI, and where tests write on the same screen."""
    project.behavior(SPEC, samples=50)
    project.write("conftest.py", SOON)
    seen, left, _ = watch(project, *log.pop("arguments", []), **log)
    assert not any("━" in screen for screen in seen)
    lines = [line for line in left if re.fullmatch(f"(base|reasoning): {TEXT}.*", line)]
    assert 1 <= len(lines) <= 20
    assert any(re.fullmatch(r"(behaviors/says.yaml )?[.]{1,2}( +\[100%\])?", line) for line in left)


def test_a_log_has_lines_and_a_replay_has_none(project):
    """Replies that come from the store are no wait: there, rich is not even imported."""
    project.behavior(SPEC, samples=50)
    project.write(
        "conftest.py",
        f"{SOON}import atexit, sys\n"
        "atexit.register(lambda: print('rich' in sys.modules, file=open('imported', 'w')))\n",
    )
    assert re.search(f"^base: {TEXT}", project.run(store="fresh").stdout.str(), re.MULTILINE)
    assert not re.search(TEXT, project.run(store="fresh", cold=True).stdout.str())
    assert (project.path / "imported").read_text() == "False\n"


def test_quiet_runs_say_nothing(project):
    """Under -q, neither a terminal nor a log shows progress."""
    project.behavior(SPEC, samples=50)
    project.write("conftest.py", SOON)
    seen, _, _ = watch(project, "-q")
    assert not any("tokens/s" in screen for screen in seen)
