"""Differences of what is recommended and configured: sampling, number format, sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

from pytest_qwen.family.family import Binding
from pytest_qwen.family.preflight.difference import Difference, everything
from pytest_qwen.family.preflight.side import Side
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.spec.cases import Case

FORMATS = {*get_args(Binding.model_fields["dtype"].annotation)}
"""Number formats that a role can be bound to."""

_ELSEWHERE = {"eos_token_id", "pad_token_id", "bos_token_id", "transformers_version", "do_sample"}


def numbers(before: Side, after: Side) -> Iterator[Difference]:
    """Compare sampling, generation config, architecture, number format, vocabulary and context."""
    yield from _sampling(before, after)
    yield from _generation(before, after)
    yield from _config(before, after)
    yield from _vocabulary(before, after)
    yield from _context(before, after)


def _sampling(before: Side, after: Side) -> Iterator[Difference]:
    for name in Sampling.model_fields:
        old, new = getattr(before.sampling, name), getattr(after.sampling, name)
        if old == new:
            continue
        greedy = name == "temperature" and new == 0
        why = Reason("preflight.greedy") if greedy else Reason("preflight.sampling")

        def unset(case: Case, name: str = name) -> bool:
            return getattr(case.sampling, name) is None

        yield Difference(before.role, name, (_shown(old), _shown(new)), greedy, why, unset)


def _generation(before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.checkpoint.generation_config, after.checkpoint.generation_config
    ignored = _ELSEWHERE | Sampling.model_fields.keys()
    for name in sorted((old.keys() | new.keys()) - ignored):
        if old.get(name) != new.get(name):
            what, why = Reason("preflight.generation", name=name), Reason("preflight.not_used")
            values = _shown(old.get(name)), _shown(new.get(name))
            yield Difference(before.role, what, values, False, why)


def _config(before: Side, after: Side) -> Iterator[Difference]:
    for name, why in (
        ("architectures", Reason("preflight.other_code")),
        ("quantization_config", Reason("preflight.rounding")),
    ):
        old, new = (side.config.get(name) for side in (before, after))
        if old != new:
            yield Difference(before.role, name, (_shown(old), _shown(new)), False, why)
    old, new = (
        s.checkpoint.dtype if s.binding.dtype == "auto" else s.binding.dtype
        for s in (before, after)
    )
    if old != new:
        breaking = new not in FORMATS
        why = Reason("preflight.dtype_unknown") if breaking else Reason("preflight.rounding")
        yield Difference(before.role, "dtype", (old, new), breaking, why, everything)


def _vocabulary(before: Side, after: Side) -> Iterator[Difference]:
    old, new = (_number(side.config.get("vocab_size")) for side in (before, after))
    last = _beyond(after)
    lost = last is not None and _beyond(before) is None
    if lost or old != new:
        what = Reason("preflight.vocabulary")
        why = Reason("preflight.every_embedding")
        if lost:
            why = Reason("preflight.no_embedding", last=last)
        yield Difference(before.role, what, (_shown(old), _shown(new)), lost, why, everything)


def _beyond(side: Side) -> int | None:
    """Return the last id of the tokenizer where the model has no embedding for it."""
    size, last = _number(side.config.get("vocab_size")), max(side.tokens.ids.values(), default=0)
    return last if size is not None and last >= size else None


def _context(before: Side, after: Side) -> Iterator[Difference]:
    old, new = (_number(s.config.get("max_position_embeddings")) for s in (before, after))
    if old == new:
        return
    shrinks = new is not None and (old is None or new < old)
    why = Reason("preflight.context_longer")
    if shrinks:
        why = Reason("preflight.context_shorter")
    longest = after.sampling.max_new_tokens or 0

    def too_long(case: Case) -> bool:
        asked = sum(len(message.content.encode()) for message in case.messages)  # tokens at most
        return (case.sampling.max_new_tokens or longest) + asked > (new or 0)

    what = Reason("preflight.context_length")
    yield Difference(before.role, what, (_shown(old), _shown(new)), shrinks, why, too_long)


def _number(value: Any) -> int | None:
    return value if type(value) is int else None


def _shown(value: Any) -> str:
    if value is None:
        return Reason("preflight.none")
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
