"""What a trait is given, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Reply, ThinkingState
from pytest_qwen.model_io.vocabulary import Of

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a reply that a trait judges, and what it may look at besides.

    `text` is what is judged: the answer, the thinking or the whole text of `reply`, as `of` says.
    `prompt` is what the person asked: the bare text, or the content of the last user message.
    """

    text: str
    reply: Reply
    prompt: str = ""
    of: Of = "answer"

    @classmethod
    def of_reply(cls, reply: Reply, of: Of = "answer", prompt: str = "") -> Part:
        """Select the answer, the thinking or the whole text of a reply."""
        return cls(getattr(reply, of), reply, prompt, of)

    def select(self, of: Of) -> Part:
        """Return another part of the same reply."""
        return Part.of_reply(self.reply, of, self.prompt)

    @property
    def truncated(self) -> bool:
        """Say whether this is an answer that its reply never came to: it was cut off in thought."""
        return self.of == "answer" and self.reply.thinking_state == ThinkingState.UNCLOSED_TRUNCATED


@dataclass(frozen=True, slots=True)
class Verdict:
    """A trait's answer about one sample, or about all samples of a case, with its evidence.

    `passed` is None where there is nothing to judge: the reply was cut off while it thought, a
    measure is not defined for the replies, or the engine lacks what the trait needs. `got`
    completes the sentence "expected …, got …"; as a `Reason` it can be read in every language, any
    other text is shown as it is.
    `spans` are character offsets `(start, end)` into the judged text (`of`); `values` are numbers
    and names worth recording, such as the period of a loop.
    """

    passed: bool | None
    got: str
    spans: tuple[Span, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    of: Of = "answer"

    def __invert__(self) -> Verdict:
        """Return the opposite verdict with the same evidence, as `not:` needs it."""
        return self if self.passed is None else replace(self, passed=not self.passed)

    @property
    def cut_off(self) -> bool:
        """Whether there is no verdict since the answer was cut off while the model thought."""
        return self.passed is None and bool(self.values.get("truncated"))

    def evidence(self) -> dict[str, Any]:
        """Return the evidence as it stands in a record."""
        reason = {"reason": self.got.to_json()} if isinstance(self.got, Reason) else {}
        spans = [list(span) for span in self.spans]
        return {"got": str(self.got), **reason, "of": self.of, "spans": spans, **self.values}
