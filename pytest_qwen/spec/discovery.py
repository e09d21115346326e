"""Which files hold behaviors. Light: it is asked of every file of a project."""

from __future__ import annotations

import re
from pathlib import Path

# Near misses count as well, as a list or a full-width colon (U+FF1A): a typo must be an error, not
# a file that nobody reads.
_LOOKS_LIKE = re.compile(
    rb"""^(?:\xef\xbb\xbf)?[\s{-]*["']?(?:behaviou?r|behavor|behvior)["']?\s*(?::|\xef\xbc\x9a)""",
    re.MULTILINE | re.IGNORECASE,
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def holds_behaviors(path: Path, root: Path, named: bool) -> bool:
    """Say whether a file is YAML that declares behaviors.

    It is one if it lies below a folder of the project called `behaviors`, or is `named` on the
    command line, and has a line that begins with `behavior:`.
    """
    if path.suffix not in {".yaml", ".yml"}:
        return False
    folders = path.relative_to(root).parts[:-1] if path.is_relative_to(root) else ()
    if not (named or "behaviors" in folders):
        return False
    with path.open("rb") as file:
        start = file.read(1_000_000)
    return start.startswith(_UTF16) or bool(_LOOKS_LIKE.search(start))


def near(path: Path, root: Path) -> list[Path]:
    """Return the files that may hold the behaviors that a comparison in a file names.

    They lie below the outermost folder called `behaviors` around it, or else in its own folder.
    """
    around = [folder for folder in path.parents if folder.name == "behaviors"]
    inside = [folder for folder in around if folder.is_relative_to(root)]
    files = inside[-1].rglob("*") if inside else path.parent.glob("*")
    return sorted(file for file in files if holds_behaviors(file, root, named=True))
