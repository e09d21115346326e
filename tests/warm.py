"""`python -m MODULE …` and `python FILE …` in processes that find large libraries imported.

Importing them, and tearing them down at the end, is most of what a short run takes. So one process
imports them and forks for each run, which goes on as a process of its own, with its own folder,
environment and output, and ends without tearing down. With `-n`, its workers and its generator are
forked likewise; see `warm_children.py`. What must be seen to import nothing is run cold, as users
run it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import importlib.metadata
import json
import multiprocessing
import os
import pkgutil
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from _pytest.config import default_plugins

HEAVY = (
    "torch",
    "transformers.modeling_utils",
    "transformers.models.auto.modeling_auto",
    "transformers.models.auto.tokenization_auto",
    "transformers.models.qwen2.tokenization_qwen2",
    "transformers.models.qwen3.modeling_qwen3",
    "pytest",
    *(f"_pytest.{name}" for name in default_plugins),
    "pydantic.json_schema",
    "jinja2",
    "yaml",
    "rapidfuzz.process",
    "rapidfuzz.distance",
    "jsonschema_rs",
    "re2",
    "warm_children",
)
PROGRAMS = ("pytest_qwen.cli.main", "pytest_qwen.engine.server", "pytest_qwen.processes.child")


@cache
def _forker() -> subprocess.Popen[str]:
    """Start the process that forks; it ends when its input does."""
    command = [sys.executable, __file__, " " * 200]  # room for the names of what is forked
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)


def run(
    words: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a module, or a file, with arguments in a folder, as `python` does.

    It is killed after so many seconds, where they are given.
    """
    forker = _forker()
    assert forker.stdin
    assert forker.stdout
    with tempfile.TemporaryDirectory() as printed:
        files = [Path(printed) / name for name in ("out", "err")]
        order = {
            "seconds": seconds,
            "words": list(words),
            "folder": str(folder),
            "environ": dict(environ),
            "files": [os.devnull, *map(str, files)],
        }
        print(json.dumps(order), file=forker.stdin, flush=True)
        code = int(forker.stdout.readline())
        out, err = (file.read_text("utf-8") for file in files)
    return subprocess.CompletedProcess(words, code, out, err)


def _become(
    words: Sequence[str], folder: str, environ: Mapping[str, str], files: Sequence[str]
) -> None:
    """Turn this process into the one that was ordered."""
    for number, file in enumerate(files):
        os.dup2(os.open(file, (os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if number else 0), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv[1:] = words[1:]
    paths = environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [folder, *filter(None, paths)]
    sys.modules["xdist.plugin"]._sys_path[:] = sys.path  # which it keeps for its workers
    if sys.platform == "linux" and any(word.startswith("-n") for word in words):
        sys.modules["warm_children"].fork_children()
    try:
        if words[0].endswith(".py"):
            runpy.run_path(words[0], run_name="__main__")
        else:
            runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # a process that multiprocessing forks leaves them out


def _import_package_and_plugins() -> None:
    """Import this package, but for what runs as a program, and pytest's plugins.

    It is most of what a run takes that replays.
    """
    import pytest_qwen

    for module in pkgutil.walk_packages(pytest_qwen.__path__, "pytest_qwen."):
        if module.name not in PROGRAMS:
            importlib.import_module(module.name)
    for plugin in importlib.metadata.entry_points(group="pytest11"):
        name = plugin.module.partition(".")[0]
        if name != "anyio":
            plugin.load()
            package = sys.modules[name]  # pytest warns of one that is there before it
            package.__doc__ = f"{package.__doc__} PYTEST_DONT_REWRITE"


if __name__ == "__main__":
    for name in HEAVY:
        importlib.import_module(name)
    _import_package_and_plugins()
    for name in [name for name in sys.modules if name.partition(".")[0] == "anyio"]:
        del sys.modules[name]  # a plugin: pytest warns of one that is there before it
    gc.freeze()  # else every child walks through them again
    forked = multiprocessing.get_context("fork").Process  # it ends without tearing them down
    for line in sys.stdin:
        order = json.loads(line)
        seconds = order.pop("seconds")
        child = forked(target=_become, kwargs=order)
        child.start()
        child.join(seconds)
        if child.is_alive():
            child.kill()
            child.join()
        sys.stdout.write(f"{child.exitcode}\n")
        sys.stdout.flush()
