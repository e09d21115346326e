"""What the project's own tests share, and how the examples of README and docs are run.

In a page, a block whose first line is a comment with a path is written to that file (JSON lines
without the comment, which JSON does not know); a `console` block is run line by line after `$ `,
in the same folder, and its output compared, where `...` stands for anything. Other blocks (`sh`)
show what to type elsewhere.
"""

import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

from tests import warm

pytest_plugins = ["pytester"]

# Before torch is loaded: its threads sleep, not spin, while they wait, as runs share the cores.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

MODULES = {"pytest": ["pytest"], "pytest-qwen": ["pytest_qwen.cli.main"], "python": []}

CONFIG = """\
[tool.pytest]
strict = true
testpaths = ["behaviors", "tests"]
qwen_tags = ["format: what a reply must look like"]
"""


def examples(document: Document) -> Iterator[Region]:
    """Yield the blocks of a page that can be run."""
    lexer = FencedCodeBlockLexer(
        language="yaml|toml|python|jsonl|console",
        mapping={"language": "language", "source": "source"},
    )
    for region in lexer(document):
        source = str(region.lexemes["source"])
        named = re.match(r"# ([\w./+-]+\.\w+)\n", source)
        if region.lexemes["language"] == "console":
            yield Region(region.start, region.end, source, run)
        elif named:
            source = source[named.end() :] if region.lexemes["language"] == "jsonl" else source
            yield Region(region.start, region.end, (named[1], source), write)


def write(example: Example) -> None:
    """Write a block to the file that its first line names."""
    name, source = example.parsed
    path = folder(example) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")


def run(example: Example) -> str:
    """Run the commands of a console block; return what differs, "" where nothing does."""
    for session in re.split(r"^\$ ", example.parsed, flags=re.MULTILINE)[1:]:
        command, _, expected = session.partition("\n")
        words = shlex.split(command)
        # A pytest that an example runs is no worker of the one that runs the example.
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
        words = [*MODULES[words[0]], *words[1:]]
        done = warm.run(words, folder(example), env, seconds=300)
        got = done.stdout + done.stderr
        pattern = r"[\s\S]*?".join(map(re.escape, expected.strip().split("...")))
        if not re.fullmatch(pattern, got.strip()):
            return f"$ {command}\nexpected:\n{expected}\ngot:\n{got}"
    return ""


def folder(example: Example) -> Path:
    """Return the folder of a page's examples, a project with pytest's configuration."""
    if "folder" not in example.namespace:
        made = example.namespace["folder"] = tempfile.TemporaryDirectory()
        (Path(made.name) / "pyproject.toml").write_text(CONFIG, encoding="utf-8")
    return Path(example.namespace["folder"].name)


pytest_collect_file = Sybil([examples], patterns=["README*.md", "docs/*.md"]).pytest()
