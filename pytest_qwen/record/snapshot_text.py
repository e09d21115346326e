"""The text of a snapshot, and where a run says something else than its snapshot.

    environment: cpu/avx2 float32, torch 2.13.0+cpu, …
    user (chat):
      | 你好！
    sampling: …, seed 0
    sample 0: stop, thinking absent
    text:
      | 你好！
    tokens, each with its margin:
      0: 143:4.2 …

What was said is quoted line by line, so no text of a model can look like a line of the snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from pytest_qwen.messages.visible import visible
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.record import flips
from pytest_qwen.record.parts import SnapshotDifference, SnapshotSample, TokenFlip
from pytest_qwen.record.plain import plain

TOKENS = "tokens, each with its margin:"
"""The line behind which nothing is compared: it explains what is."""

KEPT = 20_000
"""Characters of a snapshot's answer, and of its thinking, that the record keeps."""

_QUOTE = "  | "
_SAMPLE = re.compile(r"sample (\d{1,9}): (.*), thinking (.*)")


class Parts(NamedTuple):
    """A snapshot's environment, what was asked and answered, and the tokens behind it."""

    environment: str
    conversation: str
    tokens: flips.Tokens

    @classmethod
    def of(cls, snapshot: str) -> Parts:
        """Take a snapshot apart."""
        environment, _, rest = snapshot.partition("\n")
        conversation, _, tokens = rest.partition(f"\n{TOKENS}\n")
        return cls(environment, conversation, flips.read(tokens.splitlines()))

    @property
    def machine(self) -> str:
        """Its environment without the word before it."""
        return self.environment.removeprefix("environment: ")

    @property
    def dtype(self) -> str:
        """The number format of its environment."""
        return self.environment.split(",")[0].split(" ")[-1]

    def flip(self, now: Parts) -> str:
        """Say where the tokens part from those of now."""
        flip = flips.first_flip(self.tokens, now.tokens)
        return flip.in_words(self.dtype) if flip else "its tokens are the same"


def render(request: Request, replies: Sequence[Reply], environment: str) -> str:
    """Return the text of a case's snapshot: environment, what was asked and answered, tokens.

    `request` is any of the case's requests, complete.
    """
    sampling = ", ".join(f"{k} {v}" for k, v in sorted(request.sampling.given().items()))
    lines = [f"environment: {environment}"]
    for message in request.messages:
        lines += [f"{message.role} ({request.prompt_as}):", *_quoted(message.content)]
    lines.append(f"sampling: {sampling}, seed {request.seed}")
    for reply in replies:
        lines.append(f"sample {reply.sample}: {reply.finish}, thinking {reply.thinking_state}")
        if reply.thinking:
            lines += ["thinking:", *_quoted(reply.thinking)]
        lines += ["text:" if not reply.thinking else "answer:"]
        lines += _quoted(reply.answer if reply.thinking else reply.text)
    lines += [TOKENS, *(f"  {line}" for line in flips.written(flips.tokens_of(replies)))]
    return "\n".join(lines)


def _quoted(text: str) -> list[str]:
    return [f"{_QUOTE}{line}" for line in visible(text).split("\n")]


def differences(before: Parts, now: Parts) -> dict[int, SnapshotDifference]:
    """Return for each sample that differs from its snapshot what the record keeps of that.

    Where another thing was asked, every sample has an entry.
    """
    (asked, old), (asks, new) = _read(before.conversation), _read(now.conversation)
    same = (asked, old.keys()) == (asks, new.keys())
    differing = {}
    for number, sample in new.items():
        was = old.get(number)
        if same and was == sample:
            continue
        sides = [{number: side.tokens.get(number, [])} for side in (before, now)]
        flip = flips.first_flip(sides[0], sides[1])
        differing[number] = SnapshotDifference(
            environment=None if before.environment == now.environment else before.machine,
            asked=same,
            flip=TokenFlip(**plain(flip._asdict()), near=flip.near(before.dtype)) if flip else None,
            was=_kept(was) if was and was != sample else None,
        )
    return differing


def _read(conversation: str) -> tuple[list[str], dict[int, SnapshotSample]]:
    """Return what was asked, in lines, and the samples by number."""
    asked: list[str] = []
    samples: dict[int, dict[str, Any]] = {}
    fields: dict[str, Any] = {}
    part = asked
    for line in conversation.split("\n"):
        if begun := _SAMPLE.fullmatch(line):
            fields = samples[int(begun[1])] = {"head": begun.groups()[1:]}
        elif fields and not line.startswith(_QUOTE):
            part = fields.setdefault(line, [])
        else:
            part.append(line.removeprefix(_QUOTE) if fields else line)
    return asked, {number: _sample(fields) for number, fields in samples.items()}


def _sample(fields: dict[str, Any]) -> SnapshotSample:
    """Return a sample; control and bidirectional characters are escapes in a snapshot."""
    thinking, answer = fields.get("thinking:", []), fields.get("answer:", fields.get("text:", []))
    finish, state = fields["head"]
    return SnapshotSample(
        finish=finish, thinking_state=state, thinking="\n".join(thinking), answer="\n".join(answer)
    )


def _kept(was: SnapshotSample) -> SnapshotSample:
    left_out = sum(len(text[KEPT:]) for text in (was.thinking, was.answer))
    return was.but(thinking=was.thinking[:KEPT], answer=was.answer[:KEPT], left_out=left_out)
