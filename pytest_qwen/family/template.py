"""A checkpoint's chat template: found among its files, rendered as transformers does it.

    template = read_template(folder)
    template.render([{"role": "user", "content": "你好"}], enable_thinking=False)

Neither transformers nor torch is needed, and the template runs in a process of its own, whose CPU
time and memory are bounded: see `pytest_qwen.family.sandbox`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pytest_qwen.family.checkpoint import CheckpointError, read_json
from pytest_qwen.family.tokens import Tokens
from pytest_qwen.messages.reason import Reason
from pytest_qwen.processes.bounded import BoundedProcess, LimitError

SANDBOX = Path(__file__).with_name("sandbox.py")

CPU_SECONDS = 2.0
"""For one rendering; a real one takes about a millisecond."""

MEMORY = 1 << 30
"""Bytes of address space, for all of the process."""

MAX_BYTES = 1 << 20
"""Of a template's source; those of Qwen have some 10,000."""


class TemplateError(CheckpointError):
    """A chat template that cannot be rendered: `why` is its own refusal, or what it ran into."""

    def __init__(self, file: Path, why: str) -> None:
        self.why = why
        super().__init__(f"{file}: the chat template cannot be rendered: {why}")


class TemplateKilledError(TemplateError):
    """A chat template that was stopped: it is not tried again."""


class Template:
    """A chat template, compiled at its first use and then kept ready.

    Args:
        source: its text.
        file: where it stands, for messages.
        tokens: the special tokens that it may name.
    """

    def __init__(self, source: str, file: Path, tokens: Mapping[str, str] | None = None) -> None:
        self.source, self.file, self.tokens = source, file, tokens or {}
        self._process = BoundedProcess(SANDBOX, cpu_seconds=CPU_SECONDS, memory=MEMORY)
        self._killed: TemplateKilledError | None = None

    def render(self, messages: Sequence[Mapping[str, Any]], **variables: Any) -> str:
        """Render a conversation as a prompt.

        Args:
            messages: each with `role` and `content`, and what else the template reads.
            variables: `add_generation_prompt` (true by default), `tools`, `enable_thinking`,
                special tokens by name, …: whatever the template reads.

        Raises:
            TemplateError: the template refuses, fails, or takes too much time or memory.
        """
        defaults = {"tools": None, "documents": None, "add_generation_prompt": True, **self.tokens}
        _ = self._compiled
        return str(self._ask({**defaults, **variables, "messages": list(messages)})["text"])

    @property
    def variables(self) -> frozenset[str]:
        """The names that the template reads; no other has an effect.

        Raises:
            TemplateError: the template cannot be compiled.
        """
        return frozenset(self._compiled["variables"])

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that stand in the template's expressions.

        Raises:
            TemplateError: the template cannot be compiled.
        """
        return tuple(self._compiled["words"])

    @cached_property
    def _compiled(self) -> dict[str, Any]:
        return self._ask(None)

    def _ask(self, variables: dict[str, Any] | None) -> dict[str, Any]:
        if self._killed:
            raise self._killed
        try:
            answer = self._process.ask({"template": self.source, "variables": variables})
        except LimitError as error:
            if not error.killed:
                raise TemplateError(self.file, error.why) from None
            self._killed = TemplateKilledError(self.file, error.why)
            raise self._killed from None
        if "too_long" in answer:
            raise TemplateError(self.file, Reason("process.text", characters=answer["too_long"]))
        if "error" in answer:
            raise TemplateError(self.file, answer["error"])
        return dict(answer)


def read_template(folder: Path, tokens: Tokens) -> Template | None:
    """Return the chat template that transformers would use; None where there is none.

    A file of its own goes before an entry of `tokenizer_config.json`, as in transformers.

    Raises:
        CheckpointError: a file cannot be read, or is too large to be a template.
    """
    file = folder / "chat_template.jinja"
    if file.is_file():
        try:
            source: Any = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise CheckpointError(f"{file}: expected UTF-8 text, got {error.reason}") from None
    else:
        file = folder / "tokenizer_config.json"
        source = read_json(file).get("chat_template") if file.is_file() else None
    if isinstance(source, list):  # several by name
        named = {t.get("name"): t.get("template") for t in source if isinstance(t, dict)}
        source = named.get("default")
    if source is None:
        return None
    if not isinstance(source, str) or len(source) > MAX_BYTES:
        got = f"{len(source):,} characters" if isinstance(source, str) else type(source).__name__
        raise CheckpointError(f"{file}: expected a chat template, got {got}")
    return Template(source, file, tokens.named)
