"""The generator process: one for all workers, restarted when it dies, never left behind."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from pytest_qwen.engine.host import STARTS
from pytest_qwen.family.family import FAMILIES

SPEC = "{base: [{finish: length}], instruct: [{finish: stop}], reasoning: [{thinking: closed}]}"
SERVER = "pytest_qwen.engine.server"

LOOKS = """\
import sys
import pytest

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    with open(session.config.rootpath / "seen.txt", "a") as file:
        file.write(f"{'torch' in sys.modules}\\n")
"""

KILLS = """\
import os, signal, time
import pytest
from pathlib import Path

def servers():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\\0")
        except OSError:
            continue
        if b"pytest_qwen.engine.server" in words and os.getpgid(int(path.parent.name)):
            parent = int((path.parent / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == os.getppid():
                yield int(path.parent.name)

@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item):
    if TIMES > len(list(item.config.rootpath.glob("killed*"))):
        for pid in servers():
            os.kill(pid, signal.SIGKILL)
            (item.config.rootpath / f"killed{time.monotonic_ns()}").touch()
"""


COUNTS = """\
from contextlib import suppress
from pathlib import Path

def pytest_runtest_teardown(item):
    here, root = 0, item.config.rootpath
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            command = (process / "cmdline").read_bytes()
            here += b"pytest_qwen.engine.server" in command and (process / "cwd").readlink() == root
    with open(root / "counted.txt", "a") as file:
        file.write(f"{here}\\n")
"""


@pytest.fixture
def suite(project):
    """Four behaviors over three roles."""
    for number in range(4):
        project.behavior(SPEC, name=f"b{number}", samples=2, seed=number)
    return project


def left_behind(folder):
    """Return the generator processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if SERVER.encode() in command and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found


def eventually(holds, seconds=30):
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def test_workers_judge_and_one_process_generates(suite):
    """No worker imports torch, and the process is gone when the run is."""
    suite.write("conftest.py", LOOKS)
    result = suite.run("-n", "3", store="off", cold=True)
    result.assert_outcomes(passed=12)
    assert (suite.path / "seen.txt").read_text().split() == ["False"] * 4
    assert eventually(lambda: not left_behind(suite.path))


def test_devices_of_a_role_share_its_requests(suite):
    """A process for each, and the texts are those of one: a request's key says where it goes."""
    suite.run("-n", "2", store="off")
    one = suite.texts()
    tiny = (FAMILIES / "tiny.yaml").read_text(encoding="utf-8")
    both = tiny.replace("device: cpu", 'device: ["cpu:0", "cpu:1"]')
    family = suite.write(
        "both.yaml", both.replace("../embedded", str(FAMILIES.parent / "embedded"))
    )
    suite.write("conftest.py", COUNTS)
    result = suite.run("-n", "2", f"--qwen-family={family}", store="off")
    result.assert_outcomes(passed=12)
    assert max(map(int, (suite.path / "counted.txt").read_text().split())) == 2
    assert suite.texts() == one


def test_a_generator_that_dies_is_started_again(suite):
    """SIGKILL in the middle of a run: every case is answered all the same."""
    suite.write("conftest.py", f"TIMES = 1\n{KILLS}")
    result = suite.run("-n", "2", store="fresh")
    result.assert_outcomes(passed=12)
    assert len(list(suite.path.glob("killed*"))) == 1


def test_a_generator_that_dies_for_ever_is_told(suite):
    """After the last start the cases say why; the run comes to its end."""
    suite.write("conftest.py", f"TIMES = 100\n{KILLS}")
    result = suite.run("-n", "2", store="off")
    assert result.parseoutcomes()["failed"] >= 1
    result.stdout.fnmatch_lines(["*the generator process died again and again: *"])
    assert len(list(suite.path.glob("killed*"))) == STARTS
    kinds = {line["error"]["kind"] for line in suite.lines() if line.get("error")}
    assert kinds == {"engine"}


REFUSES = """\
CREATE TRIGGER full BEFORE INSERT ON replies BEGIN SELECT RAISE(ABORT, 'no space left'); END;
"""


def test_a_store_that_cannot_be_written_is_told(suite):
    """By what it says, with workers too: the process does not die of it."""
    suite.run("-k", "b0", store="kept").assert_outcomes(passed=3)
    (file,) = (suite.path / "kept").glob("*.sqlite*")
    with closing(sqlite3.connect(file)) as db:
        db.executescript(REFUSES)
    suite.run("-n", "2", store="kept")
    errors = [line["error"] for line in suite.lines() if line.get("error")]
    assert {error["kind"] for error in errors} == {"store"}
    assert all("no space left" in error["message"] for error in errors)


PUTS = """\
CREATE TABLE puts (key TEXT);
CREATE TRIGGER put BEFORE INSERT ON replies BEGIN INSERT INTO puts VALUES (NEW.key); END;
"""
"""Notes what comes into a store, also where it has the same already."""


def rows(store, table="replies"):
    """Return what a table of a store has."""
    with closing(sqlite3.connect(store)) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()


def test_a_controller_that_is_stopped_leaves_no_process(project):
    """What was generated by then is kept, and the next run generates the rest, and only that."""
    folder, options = project.path / "kept", ("-n", "2", "--qwen-samples=16")
    store, record = folder / "replies.sqlite3", project.path / ".qwen" / "record.jsonl"
    slowly = ("--qwen-batch=1", f"--qwen-store={folder}")
    command = [sys.executable, "-m", "pytest", *options, *slowly]
    for number in range(12):  # long replies: more than is generated by the time that it is stopped
        project.behavior("{base: [{thinking: absent}]}", name=f"b{number}", seed=number)
    kept = set()
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        record.unlink(missing_ok=True)
        with subprocess.Popen(
            command,
            cwd=project.path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # a shell lets what it runs in the background ignore SIGINT
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        ) as process:
            assert eventually(lambda: record.exists() and record.stat().st_size, 60)
            process.send_signal(stop)
            process.wait(timeout=60)
        assert eventually(lambda: not left_behind(project.path))
        before, kept = kept, set(rows(store))
        assert before <= kept
        assert 0 < len(kept) < 12 * 16
        last = project.lines()[-1]
        assert last["kind"] == "sample" or set(last["reported"]) < set(last["expected"])

    with closing(sqlite3.connect(store)) as db:
        db.executescript(PUTS)
    project.run(*options, store=folder).assert_outcomes(passed=12)
    assert kept < set(rows(store))
    keys = [key for (key,) in rows(store, "puts")]
    assert sorted([*keys, *(key for key, *_ in kept)]) == sorted(key for key, *_ in rows(store))
    assert {line["kind"] for line in project.lines()} == {"run", "sample", "end"}
