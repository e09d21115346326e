"""The chat protocol of a checkpoint, found by rendering its template: never by the model's name.

    protocol = read_protocol(folder)
    protocol.mode                  "hybrid"
    protocol.opening_off           "closed": enable_thinking=False puts an empty block there
    print(protocol)                all of it, a line each

A question is rendered with this and that changed, and what comes out is looked at. Only files are
read: no weights, no transformers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pytest_qwen.family.template import Template, TemplateError, TemplateKilledError, read_template
from pytest_qwen.family.tokens import read_stops, read_tokens
from pytest_qwen.model_io.thinking import TagIds

Opening = Literal["plain", "open", "closed", "refused"]
"""How a prompt leaves the think block: untouched, opened, already closed; or it raises."""

THINK = ("<think>", "</think>")
"""Qwen's tags, where a template does not show its own."""

TOOL_CALL = "<tool_call>"
_NO_TAGS = TagIds(None, None)

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Values of `reasoning_effort` to try, besides what looks like one in the template."""

# What is asked, answered, thought, and called: nothing that stands in a template.
_ASKED, _SAID, _THOUGHT, _CALLED = "Zq1ask", "Zq2say", "Zq3think", "Zq4call"
_TAG = re.compile(r"<([^<>|｜/\s]{1,40})>")  # no special token: those have bars
_EFFORT = re.compile(r"[a-z_]{2,12}")
_TOOL = {
    "type": "function",
    "function": {
        "name": _CALLED,
        "description": "",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


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
            else f"{self.preserve_thinking} where not said".lower(),
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
            fields |= _Probe(template).fields()
        except TemplateError as error:
            fields["problem"] = error.why
    opens, closes = fields.get("think") or THINK
    tags = TagIds(tokens.id(opens), tokens.id(closes), tokens.id(TOOL_CALL))
    if fields.get("turn_end") not in tokens.ids:
        fields["turn_end"] = ""
    return Protocol(**fields, tags=tags, stops=stops), template


def opening_of(prompt: str, think: tuple[str, str] = THINK) -> Opening:
    """Say how the end of a prompt leaves the think block.

    >>> opening_of("<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n")
    'closed'
    """
    end = prompt.rstrip()
    return "open" if end.endswith(think[0]) else "closed" if end.endswith(think[1]) else "plain"


class _Probe:
    """Renders the question with one thing changed at a time."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.user = {"role": "user", "content": _ASKED}

    def fields(self) -> dict[str, Any]:
        """Return the fields of `Protocol` that the template decides.

        Raises:
            TemplateError: the plain question cannot be rendered, or a rendering was stopped.
        """
        asked = self.template.render([self.user])
        unasked = self.render([self.user], ask=False) or ""
        begins = asked != unasked and asked.startswith(unasked)  # else the template always asks
        prompt = asked[len(unasked) :] if begins else asked.partition(_ASKED)[2]
        think = self.think(prompt)
        openings = {
            name: self.opening(think, **variables)
            for name, variables in {
                "opening": {},
                "opening_on": {"enable_thinking": True},
                "opening_off": {"enable_thinking": False},
            }.items()
        }
        keeps = self.keeps()
        return {
            "variables": self.template.variables,
            "think": think,
            "turn_end": self.turn_end(),
            "generation_prompt": prompt,
            **openings,
            "soft_switch": self.soft_switch(openings),
            **self.effort(),
            **keeps,
            "preserve_thinking": self.preserve(keeps),
            "system": self.system(asked),
            "tools": self.tools(),
        }

    def render(
        self, messages: list[dict[str, Any]], *, ask: bool = True, **variables: Any
    ) -> str | None:
        """Render; None where the template refuses."""
        try:
            return self.template.render(messages, add_generation_prompt=ask, **variables)
        except TemplateKilledError:
            raise
        except TemplateError:
            return None

    def answered(self, **fields: Any) -> dict[str, Any]:
        return {"role": "assistant", "content": _SAID, **fields}

    def think(self, prompt: str) -> tuple[str, str] | None:
        """Find the tags around a thought, or those at the end of the generation prompt."""
        text = self.render([self.user, self.answered(reasoning_content=_THOUGHT)], ask=False) or ""
        before, thought, after = text.partition(_THOUGHT)
        around = _TAG.findall(before)[-1:] if thought else []
        for name in (*around, *_TAG.findall(prompt)[-1:]):
            opens, closes = f"<{name}>", f"</{name}>"
            wraps = before.rstrip().endswith(opens) and after.lstrip().startswith(closes)
            if wraps or opens in prompt:
                return opens, closes
        return None

    def opening(self, think: tuple[str, str] | None, **variables: Any) -> Opening:
        text = self.render([self.user], **variables)
        return "refused" if text is None else opening_of(text, think or THINK)

    def turn_end(self) -> str:
        text = self.render([self.user, self.answered()], ask=False) or ""
        return (text.partition(_SAID)[2].split() or [""])[0]

    def soft_switch(self, openings: Mapping[str, Opening]) -> str:
        for role in ("user", "system"):
            texts = []
            for switch in ("/think", "/no_think"):
                switched = {"role": role, "content": f"{_SAID} {switch}"}
                messages = [switched] if role == "user" else [switched, self.user]
                texts.append((self.render(messages) or "").replace(switched["content"], _SAID))
            if texts[0] != texts[1]:
                return "template"
        chooses = openings["opening"] == openings["opening_on"] == "plain"
        return "model" if chooses and openings["opening_off"] == "closed" else "none"

    def effort(self) -> dict[str, Any]:
        """Try values of `reasoning_effort`: what differs from a value that means nothing counts."""
        if "reasoning_effort" not in self.template.variables:
            return {}
        nonsense, nothing = self._effort("zq5none"), self.render([self.user])
        words = [w for w in self.template.words if _EFFORT.fullmatch(w)] if nonsense is None else []
        tried = dict.fromkeys((*EFFORTS, *words))
        texts = {value: self._effort(value) for value in tried}
        efforts = tuple(v for v, text in texts.items() if text is not None and text != nonsense)
        same = next((v for v in efforts if texts[v] == nothing), "")
        return {"efforts": efforts, "effort": same, "effort_refuses": nonsense is None}

    def _effort(self, value: str) -> str | None:
        return self.render([self.user], reasoning_effort=value)

    def keeps(self) -> dict[str, bool]:
        inline = self.answered(content=f"<think>\n{_THOUGHT}\n</think>\n\n{_SAID}")
        call = self.answered(reasoning_content=_THOUGHT, tool_calls=[_call()])
        answer = {"role": "tool", "name": _CALLED, "content": "21"}
        texts = {
            "keeps_history": self.history(),
            "keeps_inline": self.render([self.user, inline, self.user]),
            "keeps_current": self.render([self.user, call, answer], tools=[_TOOL]),
        }
        return {name: _THOUGHT in (text or "") for name, text in texts.items()}

    def history(self, **variables: Any) -> str | None:
        return self.render(
            [self.user, self.answered(reasoning_content=_THOUGHT), self.user], **variables
        )

    def preserve(self, keeps: Mapping[str, bool]) -> bool | None:
        texts = (self.history(preserve_thinking=kept) or "" for kept in (True, False))
        kept, dropped = (_THOUGHT in text for text in texts)
        return keeps["keeps_history"] if kept and not dropped else None

    def system(self, asked: str) -> str | None:
        """Compare with a system message of our own: what stands in its place is the default."""
        given = self.render([{"role": "system", "content": _SAID}, self.user]) or ""
        before, own, after = given.partition(_SAID)
        between = after.partition(_ASKED)[0]
        default = asked.partition(_ASKED)[0]
        fits = own and default.startswith(before) and default.endswith(between)
        if not fits or len(default) <= len(before) + len(between):
            return None
        return default[len(before) : len(default) - len(between)]

    def tools(self) -> str:
        messages = [self.user, self.answered(content="", tool_calls=[_call()])]
        text = self.render(messages, ask=False, tools=[_TOOL]) or ""
        answer = text.rpartition(_ASKED)[2]
        if _CALLED not in answer:
            return "none"
        if re.search(rf"<tool_call>\s*<function={_CALLED}>\s*<parameter=city>", answer):
            return "xml"
        hermes = re.search(rf'<tool_call>\s*\{{"name": "{_CALLED}", "arguments": \{{', answer)
        return "hermes" if hermes else "other"


def _call() -> dict[str, Any]:
    return {"type": "function", "function": {"name": _CALLED, "arguments": {"city": "Zq6"}}}
