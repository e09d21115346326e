"""The option `--traits`: a project's own traits, for commands that run without pytest."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from pytest_qwen.messages.error import CommandError

if TYPE_CHECKING:
    from pytest_qwen.files.yaml_lines import SpecError


def declare_traits(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument(
        "--traits",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="run a Python file with traits of your own, such as a conftest.py; may repeat",
    )


def unusable(error: SpecError) -> CommandError:
    """Return what a command says of wrong files: where a name is unknown, how to make it known."""
    unknown = any(problem.is_unknown_name for problem in error.problems)
    do = "\nfor traits and measures of your own, name their file with --traits" if unknown else ""
    return CommandError(f"{error}{do}")


def load_traits(files: Iterable[Path]) -> None:
    """Register the traits of installed distributions, then those of the files.

    Raises:
        CommandError: one of them cannot be run.
    """
    from pytest_qwen.files.yaml_lines import SpecError
    from pytest_qwen.traits.registry import traits

    try:
        traits()
    except SpecError as error:
        raise CommandError(str(error)) from None
    for path in files:
        _run_file(path)


def _run_file(path: Path) -> None:
    loader = SourceFileLoader(path.stem, str(path))
    try:
        loader.exec_module(ModuleType(loader.name))
    except Exception as error:  # noqa: BLE001 - a user's own code may raise anything
        got = " ".join(f"{type(error).__name__}: {error}".split())
        do = "repair it, or name another with --traits"
        raise CommandError(f"{path}: expected Python that runs, got {got}: {do}") from None
