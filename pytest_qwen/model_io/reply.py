"""What goes into an engine and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pytest_qwen.model_io.vocabulary import Capability


class Finish(StrEnum):
    """Why a reply ended."""

    STOP = "stop"
    LENGTH = "length"
    VERDICT = (
        "verdict"  # of earlier releases only, which ended a reply when its verdict was certain
    )
    NAN = "nan"
    OOM = "oom"
    TIMEOUT = "timeout"
    ERROR = "error"


BROKEN = frozenset({Finish.NAN, Finish.OOM, Finish.TIMEOUT, Finish.ERROR})
"""Ends that are never a model's behavior."""


class ThinkingState(StrEnum):
    """What became of the `<think>` block of a reply; see `pytest_qwen.model_io.thinking`."""

    ABSENT = "absent"
    CLOSED = "closed"
    EMPTY = "empty"
    UNCLOSED_TRUNCATED = "unclosed_truncated"
    UNCLOSED_STOPPED = "unclosed_stopped"
    MULTIPLE = "multiple"
    LEAKED = "leaked"
    TOOL_IN_THINKING = "tool_in_thinking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One sample that a model generated for one request.

    `text` is the whole continuation without the token that ended it; special tokens inside it
    stay visible. `thinking` and `answer` are its two parts, stripped of surrounding whitespace;
    while a thought is unclosed the answer is empty. `thinking_cut` says that the thinking budget
    closed the thought; what it put in is not counted in `n_thinking_tokens`. `margins` has for each
    token, and for the end, the distance to the runner-up, in logits over temperature, where the
    engine knows it. `mean_logprob` is the mean natural logarithm of the probability that the model
    gave each drawn token, before temperature, penalties and cuts; neither the end counts nor what
    a thinking budget put in, and it is None where it is not known. `seed` and `sample` name the
    random draw, `request_key` the request in the store. `lane` has the codes of why this way of
    generating answered, `lacks` what the engine does not promise of its replies.
    """

    text: str
    token_ids: tuple[int, ...] = field(default=(), repr=False)  # long, where an assert fails
    margins: tuple[float, ...] = field(default=(), repr=False)
    mean_logprob: float | None = None
    thinking: str = ""
    answer: str = ""
    thinking_state: ThinkingState = ThinkingState.ABSENT
    finish: Finish = Finish.STOP
    n_prompt_tokens: int = 0
    n_thinking_tokens: int = 0
    thinking_cut: bool = False
    seed: int = 0
    sample: int = 0
    request_key: str = field(default="", repr=False)
    lane: str = field(default="", repr=False)
    lacks: tuple[Capability, ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, as they stand in records and in the store."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},  # flat: no deep copy
            "lacks": list(self.lacks),
            "token_ids": list(self.token_ids),
            "margins": list(self.margins),
            "thinking_state": self.thinking_state.value,
            "finish": self.finish.value,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Reply:
        """Rebuild a reply from what `to_json` returned.

        Raises:
            TypeError: a field is unknown or missing.
            ValueError: `finish` or `thinking_state` has an unknown value.
        """
        return cls(
            **{
                **fields,
                "token_ids": tuple(fields.get("token_ids", ())),
                "margins": tuple(fields.get("margins", ())),
                "lacks": tuple(fields.get("lacks", ())),
                "thinking_state": ThinkingState(fields.get("thinking_state", "absent")),
                "finish": Finish(fields.get("finish", "stop")),
            }
        )
