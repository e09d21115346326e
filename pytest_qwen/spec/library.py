"""Behaviors found by name, as comparisons need them: among the files that lie near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.loading import Spec


@dataclass(frozen=True)
class Library:
    """Files that may hold behaviors, and what reads one of them.

    A file is parsed only when it holds the name that is asked for, or when nobody has the name.
    """

    files: Sequence[Path]
    load: Callable[[Path], list[Spec]]

    @cached_property
    def _bytes(self) -> dict[Path, bytes]:
        return {file: file.read_bytes() for file in self.files}

    def find(self, name: str) -> list[Behavior]:
        """Return the behaviors of a name: one, where all is well.

        Raises:
            SpecError: there is none, and a file that could have it is wrong.
        """
        wrong: list[SpecError] = []
        files = [file for file, content in self._bytes.items() if name.encode() in content]
        named = [behavior for behavior in self._behaviors(files, wrong) if behavior.name == name]
        if wrong and not named:
            raise SpecError(*(problem for error in wrong for problem in error.problems))
        return named

    def names(self) -> set[str]:
        """Return the names of all behaviors, those of files that are wrong left out."""
        return {behavior.name for behavior in self._behaviors(self.files, [])}

    def _behaviors(self, files: Sequence[Path], wrong: list[SpecError]) -> list[Behavior]:
        behaviors = []
        for file in files:
            try:
                behaviors += [spec for spec in self.load(file) if isinstance(spec, Behavior)]
            except SpecError as error:
                wrong.append(error)
        return behaviors
