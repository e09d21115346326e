"""Differences of tokens: ids by text, special flags, what ends a reply, what pads."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qwen.family.preflight.difference import Difference, everything, says, thinks
from pytest_qwen.family.preflight.side import Side

TAGS = ("<think>", "</think>", "<tool_call>", "</tool_call>")
"""Tags of thoughts and calls, besides those that the templates write."""


def tokens(before: Side, after: Side) -> Iterator[Difference]:
    """Compare ids by text: one by one what has a meaning, by number the rest."""
    sides = (before, after)
    tags = {*TAGS, *(tag for side in sides for tag in side.protocol.tag_texts)}
    written = {name for side in sides for name in (*side.written, *side.stops)}
    telling = {*tags, *written, *(t for side in sides for t in side.tokens.named.values())}
    for name in sorted(telling):
        yield from _token(name, name in tags, before, after)
    yield from _rest(telling, before, after)
    names = {name for side in sides for name in side.tokens.named}
    for name in sorted(names):
        texts = [side.tokens.named.get(name, "none") for side in sides]
        if texts[0] != texts[1] and name not in {"eos_token", "pad_token"}:  # in `stops`
            why = "prompts are what the template writes, not what a special token is called"
            yield Difference(before.role, name, texts, False, why)


def _token(name: str, is_tag: bool, before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.tokens.id(name), after.tokens.id(name)
    what = f"token {name}"
    ids = ["none" if i is None else str(i) for i in (old, new)]
    if new is None and (old is not None or name not in before.written):
        breaking = name in after.written
        why = (
            "the template writes it and the tokenizer cuts it into pieces"
            if breaking
            else "the template does not write it either"
        )
        if old is not None or breaking:
            touches = thinks if is_tag else everything
            yield Difference(before.role, what, ids, breaking, why, touches)
    elif old is None and new is not None:
        yield Difference(before.role, what, ids, False, "nothing that was there is lost")
    elif old != new:
        yield Difference(before.role, what, ids, False, "found by its text, never by its id")
    flags = [name in side.tokens.special for side in (before, after)]
    if old is not None and new is not None and flags[0] != flags[1]:
        hides = is_tag and flags[1]
        why = "whoever skips special tokens loses the tag" if hides else "texts are read with it"
        told = ["special" if flag else "not special" for flag in flags]
        yield Difference(before.role, what, told, hides, why, says(name))


def _rest(told: set[str], before: Side, after: Side) -> Iterator[Difference]:
    """Count the tokens that have no meaning of their own."""
    old, new = before.tokens.ids, after.tokens.ids
    lost, added = (len((a.keys() - b.keys()) - told) for a, b in ((old, new), (new, old)))
    moved = sum(old[text] != new[text] for text in (old.keys() & new.keys()) - told)
    if lost or added or moved:
        why = f"{added} added, {lost} lost, {moved} renumbered: texts are judged, never ids"
        yield Difference(before.role, "other tokens", (str(len(old)), str(len(new))), False, why)
    pipelines = before.tokens.pipeline, after.tokens.pipeline
    differing = [part for part in pipelines[0] if pipelines[0][part] != pipelines[1].get(part)]
    if differing:
        why = "a text may become other tokens: lengths and budgets in tokens mean less or more"
        what = f"tokenizer's {', '.join(differing)}"
        yield Difference(before.role, what, ("one", "another"), False, why)


def stops(before: Side, after: Side) -> Iterator[Difference]:
    """Compare what ends a reply: the union of what the files say, by text."""
    role, end = before.role, after.protocol.turn_end
    lost, gained = before.stops - after.stops, after.stops - before.stops
    for name in sorted(lost):
        breaking = name in after.tokens.ids
        why = (
            "a reply goes on behind it"
            if breaking
            else "the tokenizer does not have it, so no reply can say it"
        )
        yield Difference(role, f"stop {name}", ("ends", "no stop"), breaking, why, everything)
    for name in sorted(gained):
        breaking = name in {*TAGS, *after.protocol.tag_texts}
        why = "a reply ends inside its form" if breaking else "a reply can only end there earlier"
        yield Difference(role, f"stop {name}", ("no stop", "ends"), breaking, why, everything)
    if end and end not in after.stops and end not in lost and before.protocol.turn_end != end:
        why = "the template ends turns with what does not end a reply"
        ends = before.protocol.turn_end or "none"
        yield Difference(role, "turn end", (ends, f"{end}, no stop"), True, why, everything)
    files = [
        {file: side.names(ids) for file, ids in side.protocol.stops.items()}
        for side in (before, after)
    ]
    if not lost and not gained and files[0] != files[1]:
        told = ["; ".join(f"{f}: {' '.join(sorted(n))}" for f, n in one.items()) for one in files]
        why = "the union is what ends a reply"
        yield Difference(role, "stops by file", told, False, why)
    pads = [" ".join(sorted(_pads(side))) or "none" for side in (before, after)]
    if pads[0] != pads[1]:
        yield Difference(role, "padding", pads, False, "padding is masked")


def _pads(side: Side) -> frozenset[str]:
    said = [side.config.get("pad_token_id"), side.checkpoint.generation_config.get("pad_token_id")]
    named = [side.tokens.named[n] for n in ("pad_token",) if n in side.tokens.named]
    return side.names([i for i in said if type(i) is int]) | frozenset(named)
