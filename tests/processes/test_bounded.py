"""A bounded process answers, or says which limit it ran into; nothing is left behind or mixed up."""

import gc
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from pytest_qwen.messages.reason import in_language
from pytest_qwen.processes import bounded
from pytest_qwen.processes.bounded import BoundedProcess, LimitError

WORKER = """
import os, pathlib, time
READY = []

def prepare():
    READY.append(True)
    print("a library's chatter")

def answer(question):
    match question:
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "grow":
            return len("a" * 10**11)
        case "write":
            pathlib.Path("written").write_text("x")
        case "exit":
            os._exit(7)
    return [question, READY]
"""


@pytest.fixture
def process(tmp_path, monkeypatch):
    """A process of the worker above, with half a second for an answer."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "worker.py").write_text(WORKER)
    return BoundedProcess(tmp_path / "worker.py", cpu_seconds=0.5, memory=1 << 30)


def test_it_answers_questions(process):
    """Any JSON goes in and comes out, lone surrogates too; what a library prints does not."""
    for question in (1, "水\ud800", {"a": [None, 1.5]}):
        assert process.ask(question) == [question, [True]]


@pytest.mark.parametrize(
    ("question", "english", "chinese", "killed"),
    [
        ("spin", "it takes too much time", "耗时过长", True),
        ("grow", "it takes more than 1024 MiB of memory", "占用内存超过 1024 MiB", False),
        ("exit", "it ended with 7", "进程意外结束，退出码 7", True),
        ("write", "it ended with 1", "进程意外结束，退出码 1", True),
    ],
)
def test_a_limit_is_named_and_the_next_question_answered(
    process, question, english, chinese, killed
):
    """In both languages; the process is started anew where it ended."""
    with pytest.raises(LimitError) as error:
        process.ask(question)
    assert str(error.value) == english
    assert in_language(error.value.why, "zh") == chinese
    assert error.value.killed == killed
    assert process.ask(2) == [2, [True]]


def test_waiting_is_bounded_too(process, monkeypatch):
    """What uses no CPU ends with the wall clock."""
    monkeypatch.setattr(bounded, "WALL_SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises(LimitError, match="it takes too much time"):
        process.ask("sleep")
    assert time.monotonic() - start < 20


def test_threads_do_not_mix_their_answers(process):
    """One question is asked at a time."""
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(process.ask, range(40))) == [[n, [True]] for n in range(40)]


class Interrupted(Exception):
    """What stands for Ctrl-C here."""


@contextmanager
def interrupted_after(seconds):
    def interrupt(*_):
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_interruption_mixes_no_answers(process):
    """Whoever is interrupted while it waits gets no late answer to the next question."""
    process.ask(1)
    with pytest.raises(Interrupted), interrupted_after(0.2):
        process.ask("sleep")
    assert process.ask(7) == [7, [True]]


def test_a_forked_process_has_its_own(process):
    """The child of a fork neither reads its parent's answers nor ends its parent's process."""
    process.ask(3)
    parents = process._process
    child = os.fork()
    if not child:
        right = process.ask(4) == [4, [True]]
        bounded._end(parents, os.getppid())  # as at its exit
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert parents.poll() is None
    assert process.ask(5) == [5, [True]]


def test_it_ends_with_its_owner(process, tmp_path):
    """No process is left behind."""
    mine = BoundedProcess(tmp_path / "worker.py", cpu_seconds=0.5, memory=1 << 30)
    mine.ask(1)
    child = mine._process
    assert child.poll() is None
    del mine
    gc.collect()
    assert child.poll() is not None
