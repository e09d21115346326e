"""Differences of the chat template: switches, thinking, history, tools, and what it renders."""

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
    says,
    switches,
    thinks,
)
from pytest_qwen.family.preflight.side import Side
from pytest_qwen.family.protocol import Opening, Protocol
from pytest_qwen.messages.names import shorten

SWITCHES = {"enable_thinking", "preserve_thinking", "reasoning_effort", "tools"}
"""Variables that are switches even where a template sets them to a default."""

FILLED = {"messages", "add_generation_prompt", "documents"}
"""Variables of a template that no behavior says."""

_WORDS = {"yes": "thinks", "may": "left to the model", "no": "does not think"}


def chat(before: Side, after: Side) -> Iterator[Difference]:
    """Compare two templates by what they read and by what comes out of them."""
    role, old, new = before.role, before.protocol, after.protocol
    told = [_told(side) for side in (before, after)]
    if not after.renderings and (before.renderings or new.problem != old.problem):
        why = new.problem.rpartition(": ")[2] or "there is none: only bare texts can be asked"
        yield Difference(role, "template", told, True, why, chats)
    elif not before.renderings or not after.renderings:
        if before.renderings or after.renderings:
            yield Difference(role, "template", told, False, "what could not be asked now can be")
    else:
        if told[0] != told[1]:
            why = "the gate compares the two only with `may_differ: [template]`"
            yield Difference(role, "template", told, False, why)
        yield from _variables(before, after)
        yield from _thinking(before, after)
        yield from _soft_switch(before, after)
        yield from _efforts(before, after)
        yield from _history(before, after)
        yield from _rest(before, after)
        yield from _renderings(before, after)


def _told(side: Side) -> str:
    if side.protocol.problem:
        return "cannot be rendered"
    return side.checkpoint.template or "none"


def _variables(before: Side, after: Side) -> Iterator[Difference]:
    old, new = _switches(before), _switches(after)
    for name in sorted(old - new):
        by_family = " by the family" if name in after.binding.template else ""
        why = f"not read any more: a case that is told it{by_family} fails"
        touches = chats if by_family else switches(name)
        yield Difference(before.role, f"switch {name}", ("read", "ignored"), True, why, touches)
    for name in sorted(new - old):
        why = "what nothing says yet"
        yield Difference(before.role, f"switch {name}", ("ignored", "read"), False, why)


def _switches(side: Side) -> set[str]:
    """Return what the template can be told: no special tokens, and no names that it sets itself."""
    source = side.template.source if side.template else ""
    return {
        name
        for name in side.protocol.variables - FILLED
        if name in SWITCHES
        or not (name.endswith("_token") or re.search(rf"\bset\s+{re.escape(name)}\b", source))
    }


def _thinking(before: Side, after: Side) -> Iterator[Difference]:
    """Compare whether a reply thinks: as the family asks, and by the switch where both have it."""
    ways: list[tuple[str, list[Opening], Touches]] = [
        ("thinking", [_asked(side) for side in (before, after)], thinks)
    ]
    if all("enable_thinking" in side.protocol.variables for side in (before, after)):
        sides = (before.protocol, after.protocol)
        for said in ("on", "off"):
            openings = [getattr(side, f"opening_{said}") for side in sides]
            ways.append((f"thinking {said}", openings, switches("enable_thinking")))
    for what, (old, new), touches in ways:
        modes = [_mode(o, s.protocol) for o, s in ((old, before), (new, after))]
        if modes[0] == modes[1]:
            continue
        breaking = "refused" in modes[1:] or "no" in modes
        why = (
            "what is expected of thinking does not fit"
            if breaking
            else "who opens the think block is found by rendering"
        )
        words = [_WORDS.get(mode, mode) for mode in modes]
        yield Difference(before.role, what, words, breaking, why, touches)
    names = [" ".join(side.protocol.tag_texts) for side in (before, after)]
    if names[0] != names[1]:
        why = "tags are those that the template writes"
        yield Difference(before.role, "think tags", names, False, why)


def _asked(side: Side) -> Opening:
    protocol = side.protocol
    if side.thinking is None:
        return protocol.opening
    return protocol.opening_on if side.thinking else protocol.opening_off


def _mode(opening: Opening, protocol: Protocol) -> str:
    """Say whether a reply to such a prompt thinks."""
    if opening == "plain":
        return "may" if protocol.think else "no"
    return {"open": "yes", "closed": "no", "refused": "refused"}[opening]


def _soft_switch(before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.protocol.soft_switch, after.protocol.soft_switch
    if old != new:
        why = "/think and /no_think in a message mean something else"
        touches = says("/think", "/no_think")
        yield Difference(before.role, "soft switch", (old, new), True, why, touches)


def _efforts(before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.protocol, after.protocol
    told = [
        f"{', '.join(p.efforts) or 'no effect'}{', others refused' * p.effort_refuses}"
        for p in (old, new)
    ]
    if told[0] != told[1] and "reasoning_effort" in new.variables:
        breaking = not set(old.efforts) <= set(new.efforts)
        why = "a value that meant something does not" if breaking else "what counted still does"
        touches = switches("reasoning_effort")
        yield Difference(before.role, "reasoning_effort", told, breaking, why, touches)
    if old.effort and new.effort and old.effort != new.effort:
        why = "thinks more or less where nothing is said"
        what = "default reasoning_effort"
        yield Difference(before.role, what, (old.effort, new.effort), False, why)


def _history(before: Side, after: Side) -> Iterator[Difference]:
    for field, what in (
        ("keeps_inline", "thoughts in earlier answers"),
        ("keeps_history", "thoughts beside earlier answers"),
        ("keeps_current", "thoughts between tool calls"),
    ):
        old, new = (getattr(side.protocol, field) for side in (before, after))
        if old != new:
            told = ["kept" if kept else "dropped" for kept in (old, new)]
            breaking = after.protocol.mode != "never"
            why = "the same conversation is another prompt"
            touches = says("</think>", before.protocol.tag_texts[1])
            yield Difference(before.role, what, told, breaking, why, touches)


def _rest(before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.protocol, after.protocol
    if old.system != new.system:
        told = ["none" if one is None else one for one in (old.system, new.system)]
        why = "prompts without a system message begin otherwise"
        yield Difference(before.role, "default system", told, False, why)
    if old.tools != new.tools:
        breaking = old.tools != "none"
        why = "calls are written otherwise" if breaking else "calls can be written now"
        touches = either(switches("tools"), expects("tool_call"), has({"tool"}))
        yield Difference(before.role, "tool calls", (old.tools, new.tools), breaking, why, touches)
    if old.generation_prompt.strip() and not new.generation_prompt.strip():
        why = "nothing asks the assistant to speak"
        yield Difference(
            before.role, "generation prompt", (old.generation_prompt, "none"), True, why, chats
        )


def _renderings(before: Side, after: Side) -> Iterator[Difference]:
    """Compare prompts: what is refused now, what is left out now, and how many differ."""
    refused, differing = [], []
    left_out: dict[str, list[str]] = {}
    for name, old in before.renderings.items():
        new = after.renderings[name]
        if old.prompt is None or old.prompt == new.prompt:
            continue
        if new.prompt is None:
            refused.append(name)
            continue
        differing.append(name)
        for part, texts in old.conversation.parts.items():
            if any(text in old.prompt and text not in new.prompt for text in texts):
                left_out.setdefault(part, []).append(name)
    for name in refused:
        why = shorten(after.renderings[name].refusal)
        roles = {m["role"] for m in before.renderings[name].conversation.messages} - {"user"}
        touches = has(roles) if roles else chats
        yield Difference(before.role, f"prompt {name}", ("rendered", "refused"), True, why, touches)
    for part, names in left_out.items():
        touches = switches("tools") if part == "tools" else has({part})
        why = f"what is said there does not reach the model ({names[0]})"
        what = "tools in prompts" if part == "tools" else f"{part} messages"
        yield Difference(before.role, what, ("in the prompt", "left out"), True, why, touches)
    if differing:
        name = differing[0]
        texts = _around(before.renderings[name].prompt or "", after.renderings[name].prompt or "")
        why = f"{len(differing)} of {len(before.renderings)} conversations, shown is {name}"
        yield Difference(before.role, "prompts", texts, False, why)


def _around(old: str, new: str) -> tuple[str, str]:
    """Return both texts from where they part, with a little before it."""
    pairs = enumerate(zip(old, new, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))
    return old[max(0, at - 12) :], new[max(0, at - 12) :]
