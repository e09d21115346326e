"""What the commands of `pytest-qwen` share.

A command's `declare` is given its parser; it declares the arguments and, as the default of `run`,
the function that does the work: given the parsed arguments, it returns the exit status.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pytest_qwen.files.atomic import replacing, write_whole
from pytest_qwen.messages.error import CommandError
from pytest_qwen.record.baseline import refuse_baseline


def sentence(text: str) -> str:
    """Return a help text as a description: a sentence."""
    return f"{text[0].upper()}{text[1:]}."


def file_to_write(text: str) -> Path:
    """Return the path that an option names: the `type` of each that has a file written.

    Raises:
        CommandError: an approved baseline is there.
    """
    path = Path(text)
    refuse_baseline(path)
    return path


@contextmanager
def output(path: Path | None) -> Iterator[BinaryIO]:
    """Open what `-o` names, standard output if nothing; a file is replaced as a whole or not."""
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
            with path.open("wb") as file:
                yield file
            return
        with replacing(path.resolve()) as file:  # the file itself, not a link to it
            yield file
    except OSError as error:
        raise CommandError(
            f"{path}: expected a file to write, got {error.strerror}: name another with -o"
        ) from None


def block(title: object, **lines: str) -> None:
    """Print a title, and below it a line for each name with its text."""
    print(title)
    width = max(map(len, lines))
    for name, text in lines.items():
        print(f"  {name:{width}}  {text}")


def write(path: Path | None, data: bytes, option: str) -> None:
    """Write a file whole, or say in a line why it cannot be written; nothing without a path."""
    if path is None:
        return
    try:
        write_whole(path, data)
    except OSError as error:
        problem = f"expected a file to write, got {error.strerror}: name another with {option}"
        raise CommandError(f"{path}: {problem}") from None
