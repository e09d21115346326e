"""Differences of tokens: ids by text, special flags, what ends a reply, what pads."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qwen.family.preflight.difference import Difference, everything, mentions, thinks
from pytest_qwen.family.preflight.side import Side
from pytest_qwen.messages.reason import Reason

TAGS = ("<think>", "</think>", "<tool_call>", "</tool_call>")
"""Tags of thoughts and calls, besides those that the templates write."""


def tokens(before: Side, after: Side) -> Iterator[Difference]:
    """Compare ids by text: one by one what has a meaning, by number the rest."""
    sides = (before, after)
    tags = {*TAGS, *(tag for side in sides for tag in side.protocol.tag_texts)}
    written = {name for side in sides for name in (*side.written, *side.stops)}
    meaningful = {*tags, *written, *(t for side in sides for t in side.tokens.named.values())}
    for name in sorted(meaningful):
        yield from _token(name, name in tags, before, after)
    yield from _rest(meaningful, before, after)
    names = {name for side in sides for name in side.tokens.named}
    for name in sorted(names - {"eos_token", "pad_token"}):  # these are in `stops`
        old, new = (side.tokens.named.get(name, Reason("preflight.none")) for side in sides)
        if old != new:
            why = Reason("preflight.special_names")
            yield Difference(before.role, name, (old, new), False, why)


def _token(name: str, is_tag: bool, before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.tokens.id(name), after.tokens.id(name)
    what = Reason("preflight.token", name=name)
    ids = [Reason("preflight.none") if i is None else str(i) for i in (old, new)]
    if new is None:
        if name in after.written and (old is not None or name not in before.written):
            why = Reason("preflight.split_token")
            touches = thinks if is_tag else everything
            yield Difference(before.role, what, ids, True, why, touches)
        elif old is not None:
            yield Difference(before.role, what, ids, False, Reason("preflight.unwritten_token"))
    elif old is None:
        yield Difference(before.role, what, ids, False, Reason("preflight.added_token"))
    elif old != new:
        yield Difference(before.role, what, ids, False, Reason("preflight.renumbered_token"))
    special = [name in side.tokens.special for side in (before, after)]
    if old is not None and new is not None and special[0] != special[1]:
        hides = is_tag and special[1]
        why = Reason("preflight.tag_skipped") if hides else Reason("preflight.flag_harmless")
        flags = [
            Reason("preflight.special") if flag else Reason("preflight.not_special")
            for flag in special
        ]
        yield Difference(before.role, what, flags, hides, why, mentions(name))


def _rest(meaningful: set[str], before: Side, after: Side) -> Iterator[Difference]:
    """Count the tokens that have no meaning of their own."""
    old, new = before.tokens.ids, after.tokens.ids
    lost, added = (len((a.keys() - b.keys()) - meaningful) for a, b in ((old, new), (new, old)))
    moved = sum(old[text] != new[text] for text in (old.keys() & new.keys()) - meaningful)
    if lost or added or moved:
        what = Reason("preflight.other_tokens")
        why = Reason("preflight.token_counts", added=added, lost=lost, moved=moved)
        yield Difference(before.role, what, (str(len(old)), str(len(new))), False, why)
    pipelines = before.tokens.pipeline, after.tokens.pipeline
    parts = [part for part in pipelines[0] if pipelines[0][part] != pipelines[1].get(part)]
    if parts:
        what = Reason("preflight.tokenizer_parts", parts=parts)
        why = Reason("preflight.tokenized_otherwise")
        values = Reason("preflight.one"), Reason("preflight.another")
        yield Difference(before.role, what, values, False, why)


def stops(before: Side, after: Side) -> Iterator[Difference]:
    """Compare what ends a reply: the union of what the files say, by text."""
    role, end = before.role, after.protocol.turn_end
    ends, no_stop = Reason("preflight.ends"), Reason("preflight.no_stop")
    lost, gained = before.stops - after.stops, after.stops - before.stops
    for name in sorted(lost):
        what, breaking = Reason("preflight.stop", name=name), name in after.tokens.ids
        why = Reason("preflight.stop_lost") if breaking else Reason("preflight.stop_unsayable")
        yield Difference(role, what, (ends, no_stop), breaking, why, everything)
    for name in sorted(gained):
        what, breaking = (
            Reason("preflight.stop", name=name),
            name in {*TAGS, *after.protocol.tag_texts},
        )
        why = Reason("preflight.stop_at_tag") if breaking else Reason("preflight.stop_gained")
        yield Difference(role, what, (no_stop, ends), breaking, why, everything)
    if end and end not in after.stops and end not in lost and before.protocol.turn_end != end:
        what, why = Reason("preflight.turn_end"), Reason("preflight.turn_end_no_stop")
        values = (
            before.protocol.turn_end or Reason("preflight.none"),
            Reason("preflight.end_no_stop", end=end),
        )
        yield Difference(role, what, values, True, why, everything)
    if not lost and not gained:
        yield from _by_file(before, after)
    pads = [" ".join(sorted(_pads(side))) or Reason("preflight.none") for side in (before, after)]
    if pads[0] != pads[1]:
        what, why = Reason("preflight.padding"), Reason("preflight.padding_masked")
        yield Difference(role, what, pads, False, why)


def _by_file(before: Side, after: Side) -> Iterator[Difference]:
    old, new = (
        {file: side.names(ids) for file, ids in side.protocol.stops.items()}
        for side in (before, after)
    )
    if old != new:
        what, why = Reason("preflight.stops_by_file"), Reason("preflight.union_of_stops")
        values = [
            "; ".join(f"{f}: {' '.join(sorted(n))}" for f, n in s.items()) for s in (old, new)
        ]
        yield Difference(before.role, what, values, False, why)


def _pads(side: Side) -> frozenset[str]:
    ids = [side.config.get("pad_token_id"), side.checkpoint.generation_config.get("pad_token_id")]
    named = [side.tokens.named[n] for n in ("pad_token",) if n in side.tokens.named]
    return side.names([i for i in ids if type(i) is int]) | frozenset(named)
