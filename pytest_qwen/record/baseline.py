"""Baselines: records with approvals beside them, which nothing but `approve` writes."""

from __future__ import annotations

from pathlib import Path

from pytest_qwen.messages.error import CommandError

_SUFFIX = ".approvals.jsonl"


def approvals(path: Path) -> Path:
    """Return where the approvals of a baseline are kept: beside it, a JSON line each."""
    return path.parent / f"{path.name}{_SUFFIX}"


def refuse_baseline(path: Path) -> None:
    """Keep a baseline and its approvals from being written over, also through a link.

    Raises:
        CommandError: an approved baseline, or the approvals of one, is at this place.
    """
    for place in (path, path.resolve()):
        if _is_there(approvals(place)):
            what = "an approved baseline, which only `pytest-qwen approve` replaces"
        elif place.name.endswith(_SUFFIX) and _is_there(place):
            what = "the approvals of a baseline, which only `pytest-qwen approve` writes"
        else:
            continue
        raise CommandError(f"{path}: {what}: name another file")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long a name, or no right to look: whoever writes there says so
        return False
