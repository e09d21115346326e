"""Differences of what is recommended and configured: sampling, number format, sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pytest_qwen.family.family import Binding
from pytest_qwen.family.preflight.difference import Difference, everything
from pytest_qwen.family.preflight.side import Side
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
    old, new = before.sampling, after.sampling
    for name in Sampling.model_fields:
        a, b = getattr(old, name), getattr(new, name)
        if a == b:
            continue
        greedy = name == "temperature" and b == 0
        why = (
            "greedy: all samples of a case are one"
            if greedy
            else "told to the models alike by the family file or the behavior; else the gate "
            "needs `may_differ: [sampling]`"
        )

        def unsaid(case: Case, name: str = name) -> bool:
            return getattr(case.sampling, name) is None

        yield Difference(before.role, name, (_shown(a), _shown(b)), greedy, why, unsaid)


def _generation(before: Side, after: Side) -> Iterator[Difference]:
    old, new = before.checkpoint.generation_config, after.checkpoint.generation_config
    ignored = _ELSEWHERE | Sampling.model_fields.keys()
    for name in sorted((old.keys() | new.keys()) - ignored):
        if old.get(name) != new.get(name):
            told = _shown(old.get(name)), _shown(new.get(name))
            yield Difference(before.role, f"generation {name}", told, False, "not read here")


def _config(before: Side, after: Side) -> Iterator[Difference]:
    for name, why in (
        ("architectures", "other code generates: how it is asked does not follow from it"),
        ("quantization_config", "numbers are rounded otherwise"),
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
        why = "no format to load it in" if breaking else "numbers are rounded otherwise"
        yield Difference(before.role, "dtype", (old, new), breaking, why, everything)


def _vocabulary(before: Side, after: Side) -> Iterator[Difference]:
    old, new = (_number(side.config.get("vocab_size")) for side in (before, after))
    misses = [_beyond(side) for side in (before, after)]
    if misses[1] and not misses[0]:
        why = f"the tokenizer has ids up to {misses[1]}, the model no row for them"
        told = _shown(old), _shown(new)
        yield Difference(before.role, "vocabulary", told, True, why, everything)
    elif old != new:
        why = "every token has its row"
        yield Difference(before.role, "vocabulary", (_shown(old), _shown(new)), False, why)


def _beyond(side: Side) -> int | None:
    """Return the last id of the tokenizer where the model has no row for it."""
    size, last = _number(side.config.get("vocab_size")), max(side.tokens.ids.values(), default=0)
    return last if size is not None and last >= size else None


def _context(before: Side, after: Side) -> Iterator[Difference]:
    old, new = (_length(side) for side in (before, after))
    if old == new:
        return
    shrinks = new is not None and (old is None or new < old)
    why = "a prompt and its reply must fit" if shrinks else "what fitted still fits"
    longest = after.sampling.max_new_tokens or 0

    def too_long(case: Case) -> bool:
        asked = sum(len(message.content.encode()) for message in case.messages)  # tokens at most
        return (case.sampling.max_new_tokens or longest) + asked > (new or 0)

    yield Difference(
        before.role, "context length", (_shown(old), _shown(new)), shrinks, why, too_long
    )


def _length(side: Side) -> int | None:
    return _number(side.config.get("max_position_embeddings"))


def _number(value: Any) -> int | None:
    return value if type(value) is int else None


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
