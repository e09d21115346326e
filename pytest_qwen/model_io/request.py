"""What an engine is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import As, Role


@dataclass(frozen=True)
class Request:
    """What an engine is asked for: one sample of one prompt.

    `messages` is a conversation; as `text`, its contents are joined by blank lines into a bare
    continuation. `sampling` is what the behavior says over the role's defaults. `thinking` is what
    the template is told as `enable_thinking`; None is whatever the family says of the role.
    `template` is what it is told besides, by name, and goes before `thinking`. `key` is the
    request's name in the store, given to it when all of this is known.
    """

    role: Role
    messages: tuple[Message, ...]
    prompt_as: As
    sampling: Sampling
    seed: int = 0
    sample: int = 0
    thinking: bool | None = None
    template: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the request as plain data, for another process."""
        return {
            "role": self.role,
            "messages": [message.model_dump() for message in self.messages],
            "prompt_as": self.prompt_as,
            "sampling": self.sampling.given(),
            "seed": self.seed,
            "sample": self.sample,
            "thinking": self.thinking,
            "template": dict(self.template),
            "key": self.key,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Request:
        """Rebuild a request from what `to_json` returned."""
        messages = tuple(Message(**message) for message in fields["messages"])
        sampling = Sampling(**fields["sampling"])
        return cls(**{**fields, "messages": messages, "sampling": sampling})

    @property
    def text(self) -> str:
        """The prompt as a bare text."""
        return "\n\n".join(message.content for message in self.messages)

    @property
    def asked(self) -> str:
        """What the person asked last: traits compare a reply with it."""
        users = [m.content for m in self.messages if m.role == "user"]
        return users[-1] if users and self.prompt_as == "chat" else self.text
