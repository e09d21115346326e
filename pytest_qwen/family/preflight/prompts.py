"""Differences of the prompts that a template makes of the same conversations."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qwen.family.preflight.difference import Difference, chats, has, switches
from pytest_qwen.family.preflight.side import Side
from pytest_qwen.messages.names import shorten
from pytest_qwen.messages.reason import Reason


def prompts(before: Side, after: Side) -> Iterator[Difference]:
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
        yield _refused(name, before, after)
    for part, names in left_out.items():
        yield _left_out(part, names[0], before)
    if differing:
        name = differing[0]
        texts = _around(before.renderings[name].prompt or "", after.renderings[name].prompt or "")
        n, total = len(differing), len(before.renderings)
        why = Reason("preflight.prompts_differ", n=n, total=total, name=name)
        yield Difference(before.role, Reason("preflight.prompts"), texts, False, why)


def _refused(name: Reason, before: Side, after: Side) -> Difference:
    refusal = after.renderings[name].refusal
    why = refusal if isinstance(refusal, Reason) else shorten(refusal)
    roles = {m["role"] for m in before.renderings[name].conversation.messages} - {"user"}
    values = Reason("preflight.rendered"), Reason("preflight.refused")
    what = Reason("preflight.prompt", name=name)
    return Difference(before.role, what, values, True, why, has(roles) if roles else chats)


def _left_out(part: str, name: str, before: Side) -> Difference:
    what, touches = Reason("preflight.messages", role=part), has({part})
    if part == "tools":
        what, touches = Reason("preflight.tools_in_prompts"), switches("tools")
    why = Reason("preflight.content_left_out", name=name)
    values = Reason("preflight.in_prompt"), Reason("preflight.left_out")
    return Difference(before.role, what, values, True, why, touches)


def _around(old: str, new: str) -> tuple[str, str]:
    """Return both texts from where they part, with a little before it."""
    pairs = enumerate(zip(old, new, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))
    return old[max(0, at - 12) :], new[max(0, at - 12) :]
