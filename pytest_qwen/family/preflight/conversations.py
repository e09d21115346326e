"""The conversations that both sides render: Chinese and English, turns, thoughts, tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_qwen.family.template import Template, TemplateError, TemplateKilledError
from pytest_qwen.messages.reason import Reason

_WEATHER = {
    "type": "function",
    "function": {
        "name": "look_up_weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
_CALL = {"type": "function", "function": {"name": "look_up_weather", "arguments": {"city": "杭州"}}}
_ASK_ZH = {"role": "user", "content": "水稻什么时候收割？"}
_ASK_EN = {"role": "user", "content": "When is rice harvested?"}
_MORE_EN = {"role": "user", "content": "And in the south?"}
_WEATHER_ZH = {"role": "user", "content": "杭州今天天气怎么样？"}


@dataclass(frozen=True)
class Conversation:
    """Messages, and the tools that the template lists."""

    messages: tuple[Mapping[str, Any], ...]
    tools: tuple[Mapping[str, Any], ...] = ()

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """What must come out, by the role that says it: texts without thoughts, names of tools."""
        parts: dict[str, tuple[str, ...]] = {}
        for message in self.messages:
            text = message["content"].rpartition("</think>")[2].strip()
            parts[message["role"]] = (*parts.get(message["role"], ()), *([text] if text else []))
        tools = tuple(tool["function"]["name"] for tool in self.tools)
        return {**parts, "tools": tools} if tools else parts

    def render(self, template: Template, variables: Mapping[str, Any]) -> str:
        """Render it; see `Template.render`."""
        tools = {"tools": list(self.tools)} if self.tools else {}
        return template.render(self.messages, **tools, **variables)


def _system(text: str) -> Mapping[str, Any]:
    return {"role": "system", "content": text}


def _answer(text: str, **fields: Any) -> Mapping[str, Any]:
    return {"role": "assistant", "content": text, **fields}


CONVERSATIONS = {
    Reason("preflight.conversation_zh"): Conversation((_ASK_ZH,)),
    Reason("preflight.conversation_en"): Conversation((_ASK_EN,)),
    Reason("preflight.conversation_zh_system"): Conversation(
        (_system("你是一名农艺师。"), _ASK_ZH)
    ),
    Reason("preflight.conversation_en_system"): Conversation(
        (_system("You are an agronomist."), _ASK_EN)
    ),
    Reason("preflight.conversation_second_turn"): Conversation(
        (_ASK_EN, _answer("In autumn."), _MORE_EN)
    ),
    Reason("preflight.conversation_thought_in"): Conversation(
        (_ASK_EN, _answer("<think>\nRice ripens late.\n</think>\n\nIn autumn."), _MORE_EN)
    ),
    Reason("preflight.conversation_thought_beside"): Conversation(
        (_ASK_EN, _answer("In autumn.", reasoning_content="Rice ripens late."), _MORE_EN)
    ),
    Reason("preflight.conversation_tools"): Conversation((_WEATHER_ZH,), (_WEATHER,)),
    Reason("preflight.conversation_tool_answer"): Conversation(
        (_WEATHER_ZH, _answer("", tool_calls=[_CALL]), {"role": "tool", "content": "晴，21度"}),
        (_WEATHER,),
    ),
}
"""By name. Each is rendered with thinking on, off, and unset."""


@dataclass(frozen=True)
class Rendering:
    """What a template makes of a conversation: a prompt, or the reason of a refusal."""

    conversation: Conversation
    prompt: str | None
    refusal: str = ""

    @property
    def around_contents(self) -> str:
        """The prompt without the texts of the messages: what the template itself writes."""
        text = self.prompt or ""
        for message in self.conversation.messages:
            if message["content"]:
                text = text.replace(message["content"], "\n")
        return text


def _ways(name: Reason) -> Mapping[Reason, Mapping[str, bool]]:
    """Return the variables of the template that a conversation is rendered with, by its names."""
    return {
        name: {},
        Reason("preflight.conversation_on", name=name): {"enable_thinking": True},
        Reason("preflight.conversation_off", name=name): {"enable_thinking": False},
    }


def render_all(template: Template) -> dict[Reason, Rendering]:
    """Render every conversation in every way, by name.

    Raises:
        TemplateKilledError: the template takes too much time or memory.
    """
    renderings = {}
    for name, conversation in CONVERSATIONS.items():
        for way, variables in _ways(name).items():
            try:
                rendering = Rendering(conversation, conversation.render(template, variables))
            except TemplateKilledError:
                raise
            except TemplateError as error:
                rendering = Rendering(conversation, None, error.why)
            renderings[way] = rendering
    return renderings
