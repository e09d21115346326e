"""One side of a comparison: what a role's files say, its template rendered, no weights."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pytest_qwen.family.checkpoint import Checkpoint, open_checkpoint, read_json
from pytest_qwen.family.family import Binding, Family
from pytest_qwen.family.preflight.conversations import Rendering, render_all
from pytest_qwen.family.protocol import Protocol, read_protocol
from pytest_qwen.family.template import Template, TemplateError
from pytest_qwen.family.tokens import Tokens, read_tokens
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import Role

_CONTROL = re.compile(r"<\|[^<>|\s]{1,40}\|>")


@dataclass(frozen=True)
class Side:
    """What is known of a role.

    `thinking` is what the family sets `enable_thinking` to. `tokenizer` and `config` are the
    contents of tokenizer.json and config.json; of a model that also sees, the part about text.
    """

    role: Role
    binding: Binding
    thinking: bool | None
    checkpoint: Checkpoint
    tokens: Tokens
    protocol: Protocol
    template: Template | None
    renderings: Mapping[Reason, Rendering]
    config: Mapping[str, Any]

    @property
    def sampling(self) -> Sampling:
        """The family's sampling over the checkpoint's."""
        return self.binding.sampling.over(self.checkpoint.sampling)

    @cached_property
    def written(self) -> frozenset[str]:
        """The control tokens (`<|…|>`) and tags that the template itself writes somewhere."""
        text = "\n".join(rendering.around_contents for rendering in self.renderings.values())
        controls = _CONTROL.findall(text)
        tags = [*self.protocol.tag_texts, "<tool_call>", "</tool_call>"]
        written = [*controls, *(tag for tag in tags if tag in text)]
        return frozenset([*written, *(self.protocol.think or ())])

    def names(self, ids: Collection[int]) -> frozenset[str]:
        """Return the texts of token ids; `#7` for an id that no text has."""
        asked = frozenset(ids)
        texts = {i: text for text, i in self.tokens.ids.items() if i in asked}
        return frozenset(texts.get(i, f"#{i}") for i in asked)

    @cached_property
    def stops(self) -> frozenset[str]:
        """The tokens that end a reply, by text."""
        return self.names(self.protocol.stop_ids)


def read_side(role: Role, family: Family) -> Side:
    """Read a role's files.

    Raises:
        CheckpointError: one is missing, unsafe or broken.
    """
    binding = family.roles[role]
    checkpoint = open_checkpoint(binding, family, weights=False)
    protocol, template = read_protocol(checkpoint.path)
    renderings: dict[Reason, Rendering] = {}
    if template and not protocol.problem:
        try:
            renderings = render_all(template)
        except TemplateError as error:
            protocol = Protocol(template=protocol.template, problem=error.why)
    config = read_json(checkpoint.path / "config.json")
    inner = config.get("text_config")
    return Side(
        role,
        binding,
        family.thinking(role),
        checkpoint,
        read_tokens(checkpoint.path),
        protocol,
        template,
        renderings,
        {**config, **(inner if isinstance(inner, dict) else {})},
    )
