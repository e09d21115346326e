"""The chat protocol of a checkpoint, found by rendering its template: never by the model's name.

    protocol = read_protocol(folder)
    protocol.mode                  "hybrid"
    protocol.opening_off           "closed": enable_thinking=False puts an empty block there
    print(protocol)                all of it, a line each

See `probe.py`. Only files are read: no weights, no transformers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pytest_qwen.family.probe import THINK, Opening, Probe
from pytest_qwen.family.template import Template, TemplateError, read_template
from pytest_qwen.family.tokens import read_stops, read_tokens
from pytest_qwen.model_io.thinking import TagIds

TOOL_CALL = "<tool_call>"
_NO_TAGS = TagIds(None, None)


@dataclass(frozen=True)
class Protocol:
    """How a checkpoint is spoken to, and how it answers.

    Args:
        template: the file of the chat template; None where there is none.
        problem: why the template cannot be rendered; then all that follows from it is unknown.
        variables: the names that the template reads.
        think: the tags of the think block as the template writes them, None where it does not.
        tags: the ids of the tags, and of what opens a tool call.
        stops: the ids that end a reply, by the file that says so.
        turn_end: the token that the template puts behind what the assistant said.
        generation_prompt: what asks the assistant to speak.
        opening: how the prompt leaves the think block when nothing is set.
        opening_on: with `enable_thinking=True`.
        opening_off: with `enable_thinking=False`.
        soft_switch: what `/think` and `/no_think` in a message reach: the `template`; the `model`,
            because the prompt leaves it the choice; or `none`, because the prompt has decided.
        efforts: the values of `reasoning_effort` that make a difference or are not refused.
        effort: the one of them that equals saying nothing, "" if none does.
        effort_refuses: any other value raises.
        keeps_history: `reasoning_content` of earlier turns stays in the prompt.
        keeps_inline: a think block inside the `content` of earlier turns stays.
        keeps_current: `reasoning_content` behind the last question (between tool calls) stays.
        preserve_thinking: what the template takes `preserve_thinking` for when it is not said;
            None where it has no effect.
        system: the system message that is added where none is given, None if none is.
        tools: how a tool call is written: `hermes` (JSON) or `xml` (function and parameter tags)
            inside `<tool_call>`, `other`, or `none`.
    """

    template: Path | None = None
    problem: str = ""
    variables: frozenset[str] = frozenset()
    think: tuple[str, str] | None = None
    tags: TagIds = _NO_TAGS
    stops: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    turn_end: str = ""
    generation_prompt: str = ""
    opening: Opening = "plain"
    opening_on: Opening = "plain"
    opening_off: Opening = "plain"
    soft_switch: Literal["template", "model", "none"] = "none"
    efforts: tuple[str, ...] = ()
    effort: str = ""
    effort_refuses: bool = False
    keeps_history: bool = False
    keeps_inline: bool = False
    keeps_current: bool = False
    preserve_thinking: bool | None = None
    system: str | None = None
    tools: Literal["hermes", "xml", "other", "none"] = "none"

    @property
    def tag_texts(self) -> tuple[str, str]:
        """The tags of a think block: the template's, else Qwen's."""
        return self.think or THINK

    @property
    def stop_ids(self) -> tuple[int, ...]:
        """The ids that end a reply: the union of what the files say."""
        return tuple(sorted({i for ids in self.stops.values() for i in ids}))

    @property
    def mode(self) -> Literal["never", "always", "hybrid", "model"]:
        """When the model thinks: never, always, as `enable_thinking` says, or as it likes itself.

        The last is a template that knows think tags and leaves them to the model.
        """
        if "refused" not in (ways := {self.opening_on, self.opening_off}) and len(ways) == 2:
            return "hybrid"
        if self.opening_on == "open":
            return "always"
        return "never" if self.think is None or self.opening == "closed" else "model"

    def _template(self) -> str:
        if self.problem:
            return f"{self.template} cannot be rendered: {self.problem}"
        return self.template.name if self.template else "none"

    def __str__(self) -> str:
        lines = {
            "template": self._template(),
            "thinking": f"{self.mode}, the prompt is {self.opening}",
            "enable_thinking": f"true: {self.opening_on}, false: {self.opening_off}",
            "soft switch": self.soft_switch,
            "reasoning_effort": ", ".join(self.efforts) or "no effect",
            "preserve_thinking": "no effect"
            if self.preserve_thinking is None
            else f"{self.preserve_thinking} by default".lower(),
            "earlier thinking": "kept" if self.keeps_history else "dropped",
            "tool calls": self.tools,
            "default system": "none" if self.system is None else repr(self.system),
            "stop ids": ", ".join(map(str, self.stop_ids)),
        }
        return "\n".join(f"{name}: {value}" for name, value in lines.items())


def read_protocol(folder: Path) -> tuple[Protocol, Template | None]:
    """Find the protocol of a checkpoint, and return its template for further use.

    Raises:
        CheckpointError: one of its files cannot be read.
    """
    tokens = read_tokens(folder)
    stops = read_stops(folder, tokens)
    template = read_template(folder, tokens)
    fields: dict[str, Any] = {}
    if template:
        fields["template"] = template.file
        try:
            fields |= Probe(template).fields()
        except TemplateError as error:
            fields["problem"] = error.why
    opens, closes = fields.get("think") or THINK
    tags = TagIds(tokens.id(opens), tokens.id(closes), tokens.id(TOOL_CALL))
    if fields.get("turn_end") not in tokens.ids:
        fields["turn_end"] = ""
    return Protocol(**fields, tags=tags, stops=stops), template
