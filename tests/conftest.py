"""A project to run pytest in, as a user has one."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_qwen.family import embedded
from tests import warm

TINY = embedded.FOLDER

CONFIG = """\
[tool.pytest]
strict = true
testpaths = ["behaviors"]
qwen_tags = ["format: how a reply must look"]
"""


class Project:
    """A folder with pytest's configuration, behaviors, and a store that other tests may have filled.

    What one test has generated, another replays: the store's key says what a reply depends on.
    """

    def __init__(self, pytester: pytest.Pytester, store: Path) -> None:
        self.pytester, self.path, self.store = pytester, pytester.path, store
        self.write("pyproject.toml", CONFIG)

    def write(self, name: str, text: str) -> Path:
        """Write a file below the project's folder."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def behavior(self, expect: str, name: str = "says", **fields: object) -> Path:
        """Write a behavior with one prompt; `expect` is its YAML in flow style."""
        lines = [f"behavior: {name}", "prompts: [{id: zh, text: 你好！}]", f"expect: {expect}"]
        lines += [f"{key}: {value}" for key, value in fields.items()]
        return self.write(f"behaviors/{name}.yaml", "\n".join(lines) + "\n")

    def damaged(self, role: str, change: Callable[[Path], None]) -> str:
        """Copy a checkpoint of the tiny family, change it, and return the option that binds it."""
        copy = shutil.copytree(TINY / role, self.path / f"damaged-{role}")
        change(copy)
        return f"--qwen-model={role}={copy}"

    def run(
        self, *arguments: object, store: str | None = None, cold: bool = False
    ) -> pytest.RunResult:
        """Run pytest in a process of its own, which imports torch itself when `cold`; see warm.py."""
        words = [f"--qwen-store={store or self.store}", *map(str, arguments)]
        if cold:
            return self.pytester.runpytest_subprocess(*words)
        start = time.monotonic()
        ran = warm.run(["pytest", *words], Path.cwd(), os.environ)
        sys.stdout.write(ran.stdout + ran.stderr)  # pytest shows it where the test fails
        out, err = ran.stdout.splitlines(), ran.stderr.splitlines()
        return pytest.RunResult(ran.returncode, out, err, time.monotonic() - start)

    def lines(self) -> list[dict]:
        """Return the lines of the record."""
        from pytest_qwen.record.reading import read_record

        return list(read_record(self.path / ".qwen" / "record.jsonl"))

    def texts(self) -> dict[tuple[str, int], str]:
        """Return the text of every sample of the record by case and sample."""
        samples = [line for line in self.lines() if line["kind"] == "sample"]
        return {(s["case"], s["reply"]["sample"]): s["reply"]["text"] for s in samples}


@pytest.fixture(scope="session")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all tests, also for those of other workers."""
    folder = tmp_path_factory.getbasetemp()
    store = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "store"
    store.mkdir(exist_ok=True)
    return store


@pytest.fixture
def project(
    pytester: pytest.Pytester, shared_store: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """An empty project with pytest-qwen's configuration."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)  # a pytest in a worker's test is no worker
    return Project(pytester, shared_store)
