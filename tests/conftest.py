"""A project to run pytest in, as a user has one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_qwen.family.family import FAMILIES

TINY = FAMILIES.parent / "embedded"

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

    def run(self, *arguments: object, store: str | None = None) -> pytest.RunResult:
        """Run pytest in a process of its own."""
        place = f"--qwen-store={store or self.store}"
        return self.pytester.runpytest_subprocess(place, *arguments)

    def lines(self) -> list[dict]:
        """Return the lines of the record."""
        from pytest_qwen.core.record import read_record

        return list(read_record(self.path / ".qwen" / "record.jsonl"))

    def texts(self) -> dict[tuple[str, int], str]:
        """Return the text of every sample of the record by case and sample."""
        samples = [line for line in self.lines() if line["kind"] == "sample"]
        return {(s["case"], s["reply"]["sample"]): s["reply"]["text"] for s in samples}


@pytest.fixture(scope="session")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all tests of a process."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def project(
    pytester: pytest.Pytester, shared_store: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """An empty project with pytest-qwen's configuration."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)  # a pytest in a worker's test is no worker
    return Project(pytester, shared_store)
