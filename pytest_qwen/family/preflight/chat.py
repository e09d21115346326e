"""Differences of the chat template: what it reads, how it thinks, history, tools, its prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qwen.family.preflight.difference import (
    Difference,
    Touches,
    chats,
    either,
    expects,
    has,
    mentions,
    switches,
    thinks,
)
from pytest_qwen.family.preflight.prompts import prompts
from pytest_qwen.family.preflight.side import Side
from pytest_qwen.family.probe import Opening
from pytest_qwen.family.protocol import Protocol
from pytest_qwen.messages.reason import Reason

SWITCHES = {"enable_thinking", "preserve_thinking", "reasoning_effort", "tools"}
"""Variables that are switches even where a template sets them to a default."""

FILLED = {"messages", "add_generation_prompt", "documents"}
"""Variables of a template that no behavior sets."""


def chat(before: Side, after: Side) -> Iterator[Difference]:
    """Compare two templates by what they read and by what comes out of them."""
    role, what = before.role, Reason("preflight.template")
    old, new = before.protocol, after.protocol
    names = [_name(side) for side in (before, after)]
    if before.renderings and after.renderings:
        if names[0] != names[1]:
            yield Difference(role, what, names, False, Reason("preflight.template_differs"))
        for rule in (_switches, _thinking, _soft_switch, _efforts, _history, _rest, prompts):
            yield from rule(before, after)
    elif before.renderings or new.problem != old.problem:
        why = new.problem or Reason("preflight.no_template")
        yield Difference(role, what, names, True, why, chats)
    elif after.renderings:
        yield Difference(role, what, names, False, Reason("preflight.template_gained"))


def _name(side: Side) -> str:
    if side.protocol.problem:
        return Reason("preflight.unrenderable")
    return side.checkpoint.template or Reason("preflight.none")


def _switches(before: Side, after: Side) -> Iterator[Difference]:
    old, new = _variables(before), _variables(after)
    read, ignored = Reason("preflight.read"), Reason("preflight.ignored")
    for name in sorted(old - new):
        what, why = Reason("preflight.switch", name=name), Reason("preflight.switch_lost")
        touches = switches(name)
        if name in after.binding.template:
            why, touches = Reason("preflight.family_switch_lost"), chats
        yield Difference(before.role, what, (read, ignored), True, why, touches)
    for name in sorted(new - old):
        what, why = Reason("preflight.switch", name=name), Reason("preflight.switch_gained")
        yield Difference(before.role, what, (ignored, read), False, why)


def _variables(side: Side) -> set[str]:
    """Return what can be set: no special tokens, and no names that the template sets itself."""
    source = side.template.source if side.template else ""
    return {
        name
        for name in side.protocol.variables - FILLED
        if name in SWITCHES
        or not (name.endswith("_token") or re.search(rf"\bset\s+{re.escape(name)}\b", source))
    }


def _thinking(before: Side, after: Side) -> Iterator[Difference]:
    """Compare whether a reply thinks: as the family asks, and by the switch where both have it."""
    old, new = before.protocol, after.protocol
    ways: list[tuple[str, Opening, Opening, Touches]] = [
        (Reason("preflight.thinking"), _asked(before), _asked(after), thinks)
    ]
    if "enable_thinking" in old.variables & new.variables:
        touches = switches("enable_thinking")
        on, off = Reason("preflight.thinking_on"), Reason("preflight.thinking_off")
        ways += [
            (on, old.opening_on, new.opening_on, touches),
            (off, old.opening_off, new.opening_off, touches),
        ]
    no = Reason("preflight.does_not_think")
    for what, opening, opening_now, touches in ways:
        was, now = _thinks(opening, old), _thinks(opening_now, new)
        if was != now:
            breaking = opening_now == "refused" or no in (was, now)
            why = Reason("preflight.thinking_harmless")
            if breaking:
                why = Reason("preflight.thinking_breaks")
            yield Difference(before.role, what, (was, now), breaking, why, touches)
    tags = [" ".join(protocol.tag_texts) for protocol in (old, new)]
    if tags[0] != tags[1]:
        what, why = Reason("preflight.think_tags"), Reason("preflight.tags_of_template")
        yield Difference(before.role, what, tags, False, why)


def _asked(side: Side) -> Opening:
    protocol = side.protocol
    if side.thinking is None:
        return protocol.opening
    return protocol.opening_on if side.thinking else protocol.opening_off


def _thinks(opening: Opening, protocol: Protocol) -> Reason:
    """Say whether a reply to such a prompt thinks."""
    if opening == "refused":
        return Reason("preflight.refused")
    if opening == "open":
        return Reason("preflight.thinks")
    if opening == "plain" and protocol.think:
        return Reason("preflight.may_think")
    return Reason("preflight.does_not_think")


def _soft_switch(before: Side, after: Side) -> Iterator[Difference]:
    old, new = (_value(side.protocol.soft_switch) for side in (before, after))
    if old != new:
        what, why = Reason("preflight.soft_switch"), Reason("preflight.soft_switch_changed")
        touches = mentions("/think", "/no_think")
        yield Difference(before.role, what, (old, new), True, why, touches)


def _efforts(before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.protocol, after.protocol
    efforts = [_effort_values(protocol) for protocol in (old, new)]
    if efforts[0] != efforts[1] and "reasoning_effort" in new.variables:
        breaking = not set(old.efforts) <= set(new.efforts)
        why = Reason("preflight.effort_lost") if breaking else Reason("preflight.efforts_kept")
        touches = switches("reasoning_effort")
        yield Difference(before.role, "reasoning_effort", efforts, breaking, why, touches)
    if old.effort and new.effort and old.effort != new.effort:
        what, why = Reason("preflight.default_effort"), Reason("preflight.effort_unset")
        yield Difference(before.role, what, (old.effort, new.effort), False, why)


def _effort_values(protocol: Protocol) -> str:
    values = ", ".join(protocol.efforts) or Reason("preflight.no_effect")
    return Reason("preflight.others_refused", efforts=values) if protocol.effort_refuses else values


def _history(before: Side, after: Side) -> Iterator[Difference]:
    for field, what in (
        ("keeps_inline", Reason("preflight.thoughts_in_content")),
        ("keeps_history", Reason("preflight.thoughts_beside_content")),
        ("keeps_current", Reason("preflight.thoughts_between_calls")),
    ):
        old, new = (getattr(side.protocol, field) for side in (before, after))
        if old != new:
            values = [
                Reason("preflight.kept") if kept else Reason("preflight.dropped")
                for kept in (old, new)
            ]
            breaking = after.protocol.mode != "never"
            why = Reason("preflight.history_changed")
            touches = mentions("</think>", before.protocol.tag_texts[1])
            yield Difference(before.role, what, values, breaking, why, touches)


def _rest(before: Side, after: Side) -> Iterator[Difference]:
    role, old, new = before.role, before.protocol, after.protocol
    none = Reason("preflight.none")
    if old.system != new.system:
        what, why = Reason("preflight.default_system"), Reason("preflight.system_changed")
        values = [none if text is None else text for text in (old.system, new.system)]
        yield Difference(role, what, values, False, why)
    if old.tools != new.tools:
        breaking = old.tools != "none"
        what, why = Reason("preflight.tool_calls"), Reason("preflight.calls_gained")
        if breaking:
            why = Reason("preflight.calls_changed")
        touches = either(switches("tools"), expects("tool_call"), has({"tool"}))
        values = [_value(old.tools), _value(new.tools)]
        yield Difference(role, what, values, breaking, why, touches)
    if old.generation_prompt.strip() and not new.generation_prompt.strip():
        what, why = Reason("preflight.generation_prompt"), Reason("preflight.not_asked")
        yield Difference(role, what, (old.generation_prompt, none), True, why, chats)


def _value(value: str) -> str:
    """Return what a protocol has as a reason, or as it is where it is the name of a format."""
    words = {
        "none": Reason("preflight.none"),
        "template": Reason("preflight.template"),
        "model": Reason("preflight.model"),
        "other": Reason("preflight.other_format"),
    }
    return words.get(value, value)
