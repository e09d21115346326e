"""What a chat template does, found by rendering a question with one thing changed at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pytest_qwen.family.template import Template, TemplateError, TemplateKilledError

Opening = Literal["plain", "open", "closed", "refused"]
"""How a prompt leaves the think block: untouched, opened, already closed; or it raises."""

THINK = ("<think>", "</think>")
"""Qwen's tags, where a template does not show its own."""

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


def opening_of(prompt: str, think: tuple[str, str] = THINK) -> Opening:
    """Say how the end of a prompt leaves the think block.

    >>> opening_of("<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n")
    'closed'
    """
    end = prompt.rstrip()
    return "open" if end.endswith(think[0]) else "closed" if end.endswith(think[1]) else "plain"


class Probe:
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
        unasked = self._render([self.user], ask=False) or ""
        begins = asked != unasked and asked.startswith(unasked)  # else the template always asks
        prompt = asked[len(unasked) :] if begins else asked.partition(_ASKED)[2]
        think = self._think(prompt)
        openings = {
            name: self._opening(think, **variables)
            for name, variables in {
                "opening": {},
                "opening_on": {"enable_thinking": True},
                "opening_off": {"enable_thinking": False},
            }.items()
        }
        keeps = self._keeps()
        return {
            "variables": self.template.variables,
            "think": think,
            "turn_end": self._turn_end(),
            "generation_prompt": prompt,
            **openings,
            "soft_switch": self._soft_switch(openings),
            **self._efforts(),
            **keeps,
            "preserve_thinking": self._preserve(keeps),
            "system": self._system(asked),
            "tools": self._tools(),
        }

    def _render(
        self, messages: list[dict[str, Any]], *, ask: bool = True, **variables: Any
    ) -> str | None:
        """Render; None where the template refuses."""
        try:
            return self.template.render(messages, add_generation_prompt=ask, **variables)
        except TemplateKilledError:
            raise
        except TemplateError:
            return None

    def _answered(self, **fields: Any) -> dict[str, Any]:
        return {"role": "assistant", "content": _SAID, **fields}

    def _think(self, prompt: str) -> tuple[str, str] | None:
        """Find the tags around a thought, or those at the end of the generation prompt."""
        text = (
            self._render([self.user, self._answered(reasoning_content=_THOUGHT)], ask=False) or ""
        )
        before, thought, after = text.partition(_THOUGHT)
        around = _TAG.findall(before)[-1:] if thought else []
        for name in (*around, *_TAG.findall(prompt)[-1:]):
            opens, closes = f"<{name}>", f"</{name}>"
            wraps = before.rstrip().endswith(opens) and after.lstrip().startswith(closes)
            if wraps or opens in prompt:
                return opens, closes
        return None

    def _opening(self, think: tuple[str, str] | None, **variables: Any) -> Opening:
        text = self._render([self.user], **variables)
        return "refused" if text is None else opening_of(text, think or THINK)

    def _turn_end(self) -> str:
        text = self._render([self.user, self._answered()], ask=False) or ""
        return (text.partition(_SAID)[2].split() or [""])[0]

    def _soft_switch(self, openings: Mapping[str, Opening]) -> str:
        for role in ("user", "system"):
            texts = []
            for switch in ("/think", "/no_think"):
                switched = {"role": role, "content": f"{_SAID} {switch}"}
                messages = [switched] if role == "user" else [switched, self.user]
                texts.append((self._render(messages) or "").replace(switched["content"], _SAID))
            if texts[0] != texts[1]:
                return "template"
        chooses = openings["opening"] == openings["opening_on"] == "plain"
        return "model" if chooses and openings["opening_off"] == "closed" else "none"

    def _efforts(self) -> dict[str, Any]:
        """Try values of `reasoning_effort`: what differs from a value that means nothing counts."""
        if "reasoning_effort" not in self.template.variables:
            return {}
        nonsense, nothing = self._effort("zq5none"), self._render([self.user])
        words = [w for w in self.template.words if _EFFORT.fullmatch(w)] if nonsense is None else []
        tried = dict.fromkeys((*EFFORTS, *words))
        texts = {value: self._effort(value) for value in tried}
        efforts = tuple(v for v, text in texts.items() if text is not None and text != nonsense)
        same = next((v for v in efforts if texts[v] == nothing), "")
        return {"efforts": efforts, "effort": same, "effort_refuses": nonsense is None}

    def _effort(self, value: str) -> str | None:
        return self._render([self.user], reasoning_effort=value)

    def _keeps(self) -> dict[str, bool]:
        inline = self._answered(content=f"<think>\n{_THOUGHT}\n</think>\n\n{_SAID}")
        call = self._answered(reasoning_content=_THOUGHT, tool_calls=[_call()])
        answer = {"role": "tool", "name": _CALLED, "content": "21"}
        texts = {
            "keeps_history": self._history(),
            "keeps_inline": self._render([self.user, inline, self.user]),
            "keeps_current": self._render([self.user, call, answer], tools=[_TOOL]),
        }
        return {name: _THOUGHT in (text or "") for name, text in texts.items()}

    def _history(self, **variables: Any) -> str | None:
        return self._render(
            [self.user, self._answered(reasoning_content=_THOUGHT), self.user], **variables
        )

    def _preserve(self, keeps: Mapping[str, bool]) -> bool | None:
        texts = (self._history(preserve_thinking=kept) or "" for kept in (True, False))
        kept, dropped = (_THOUGHT in text for text in texts)
        return keeps["keeps_history"] if kept and not dropped else None

    def _system(self, asked: str) -> str | None:
        """Compare with a system message of our own: what stands in its place is the default."""
        given = self._render([{"role": "system", "content": _SAID}, self.user]) or ""
        before, own, after = given.partition(_SAID)
        between = after.partition(_ASKED)[0]
        default = asked.partition(_ASKED)[0]
        fits = own and default.startswith(before) and default.endswith(between)
        if not fits or len(default) <= len(before) + len(between):
            return None
        return default[len(before) : len(default) - len(between)]

    def _tools(self) -> str:
        messages = [self.user, self._answered(content="", tool_calls=[_call()])]
        text = self._render(messages, ask=False, tools=[_TOOL]) or ""
        answer = text.rpartition(_ASKED)[2]
        if _CALLED not in answer:
            return "none"
        if re.search(rf"<tool_call>\s*<function={_CALLED}>\s*<parameter=city>", answer):
            return "xml"
        hermes = re.search(rf'<tool_call>\s*\{{"name": "{_CALLED}", "arguments": \{{', answer)
        return "hermes" if hermes else "other"


def _call() -> dict[str, Any]:
    return {"type": "function", "function": {"name": _CALLED, "arguments": {"city": "Zq6"}}}
