"""Traits and measures by name, and their binding to what a spec writes after a name.

@trait
def starts_with(part: Part, prefix: str) -> Verdict: ...

@measure
def distinct_n(parts: Sequence[Part], n: int = 2) -> float: ...

bind("starts_with", "结论：")                    a trait
bind("distinct_n", {"n": 3, "at_least": 0.5})    a measure with a bound is a trait as well
bind_measure("distinct_n", 3)                    the number itself

A trait may have variants: its first argument names one, and what else it takes depends on which.

bind("ifeval", {"instruction_id": "length_constraints:number_words", "relation": "at least", …})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload
from warnings import warn

from pydantic import BaseModel

from pytest_qwen.messages.names import nearest
from pytest_qwen.model_io.vocabulary import Capability, Of
from pytest_qwen.traits.arguments import (
    BadArguments,
    Check,
    Refused,
    UnknownName,
    bind_arguments,
    check_signature,
)
from pytest_qwen.traits.bounded import trait_of
from pytest_qwen.traits.trait import (
    Bound,
    BoundMeasure,
    Compute,
    Judge,
    Measure,
    Over,
    Trait,
)

__all__ = [
    "BadArguments",
    "Bound",
    "BoundMeasure",
    "Check",
    "Compute",
    "Judge",
    "Measure",
    "Over",
    "Refused",
    "Trait",
    "UnknownName",
    "bind",
    "bind_measure",
    "measure",
    "measures",
    "trait",
    "traits",
]

_FINAL = "the trait {name}: `final=` has no effect any more, every reply runs to its end: remove it"

_traits: dict[str, Trait] = {}
_measures: dict[str, Measure] = {}


@overload
def trait(judge: Judge, /) -> Judge: ...
@overload
def trait(
    *,
    of: Of = "answer",
    over: Over = "reply",
    check: Check | None = None,
    version: int = 1,
    needs: Sequence[Capability] = (),
    final: object = None,
    variants: Mapping[str, Judge] | None = None,
) -> Callable[[Judge], Judge]: ...
def trait(
    judge: Judge | None = None,
    /,
    *,
    of: Of = "answer",
    over: Over = "reply",
    check: Check | None = None,
    version: int = 1,
    needs: Sequence[Capability] = (),
    final: object = None,
    variants: Mapping[str, Judge] | None = None,
) -> Any:
    """Register a function `(part, **arguments) -> Verdict` as the trait of the same name.

    Args:
        judge: the function; its first parameter is a `Part`, the others are what a spec may write.
        of: the part that is judged where a spec does not say `of:`.
        over: `replies` where the first parameter is the sequence of parts of all k replies of a
            case, which get one verdict.
        check: given the arguments by name when they are bound, raises a `ValueError` that says
            what was expected where types cannot say it.
        version: raised by whoever changes the code so that a verdict may change. Records have it,
            and the gate compares only verdicts of one version.
        needs: what the engine must promise of its replies for a verdict, see `Capability`.
        final: has no effect any more, and is warned about.
        variants: functions like `judge` by name. The trait's first argument is such a name, the
            arguments of that function are taken besides the trait's own, and `judge` gets them
            as keywords (`**arguments`).

    Raises:
        ValueError: another function has the name, an argument has no annotation, or the version is
            no number from 1 up.
    """

    def register(judge: Judge) -> Judge:
        name = judge.__name__.rstrip("_")
        check_signature(name, judge, open_ended=bool(variants))
        _check_version(name, version)
        if final is not None:
            warn(_FINAL.format(name=name), DeprecationWarning, stacklevel=2)
        kinds = variants or {}
        _add(Trait(name, judge, of, check, over, None, kinds, version, tuple(needs)))
        return judge

    return register if judge is None else register(judge)


@overload
def measure(compute: Compute, /) -> Compute: ...
@overload
def measure(
    *,
    of: Of = "answer",
    check: Check | None = None,
    version: int = 1,
    needs: Sequence[Capability] = (),
) -> Callable[[Compute], Compute]: ...
def measure(
    compute: Compute | None = None,
    /,
    *,
    of: Of = "answer",
    check: Check | None = None,
    version: int = 1,
    needs: Sequence[Capability] = (),
) -> Any:
    """Register a function `(parts, **arguments) -> float` as the measure of the same name.

    `parts` are those of the k replies of a case, at least one. The number is finite; where it is
    not defined, the function raises a `ValueError` that says why. The measure is also a trait over
    the replies of a case, which takes `at_least` and `at_most` besides its own arguments.

    Args:
        compute: the function; its parameters after the first are what a spec may write.
        of: the part of each reply that is measured where a spec does not say `of:`.
        check: given the arguments by name when they are bound, raises a `ValueError` that says
            what was expected where types cannot say it.
        version: raised by whoever changes the code so that a number may change, see `trait`.
        needs: as of a trait; without it the number is not defined.

    Raises:
        ValueError: another function has the name, an argument has no annotation or the name of a
            bound, or the version is no number from 1 up.
    """

    def register(compute: Compute) -> Compute:
        name = compute.__name__.rstrip("_")
        check_signature(name, compute)
        _check_version(name, version)
        made = Measure(name, compute, of, check, version, tuple(needs))
        _add(trait_of(made))
        _measures[name] = made
        return compute

    return register if compute is None else register(compute)


def _check_version(name: str, version: object) -> None:
    if type(version) is not int or version < 1:
        raise ValueError(f"{name}: version is {version!r}: write a whole number from 1 up")


def _add(new: Trait) -> None:
    known = _traits.get(new.name)
    if known and known.judge.__module__ != new.judge.__module__:
        raise ValueError(
            f"the trait {new.name!r} is already registered by {known.judge.__module__}"
        )
    _traits[new.name] = new


def traits() -> Mapping[str, Trait]:
    """Return every registered trait by name: built-in ones, those of entry points, a user's own.

    A measure is a trait, too.

    Raises:
        SpecError: an entry point of the group `pytest_qwen.traits` cannot be loaded.
    """
    import pytest_qwen.traits.builtin
    import pytest_qwen.traits.measures  # noqa: F401 - both register what is built in
    from pytest_qwen.traits.entry_points import load_traits

    load_traits()
    return _traits


def measures() -> Mapping[str, Measure]:
    """Return every registered measure by name, the built-in ones included."""
    traits()
    return _measures


def bind(name: str, raw: Any) -> Bound:
    """Bind what a spec writes after a trait's name (`raw`) to the trait's arguments.

    Raises:
        UnknownName: no trait has this name.
        BadArguments: the trait does not take these arguments.
    """
    known = traits()
    if name not in known:
        raise UnknownName("a trait", repr(name), nearest(name, known))
    named = known[name]
    if named.measure and not isinstance(raw, dict):
        do = f"such as `{name}: {{at_least: …}}`"
        raise BadArguments(f"{name} with at_least or at_most", repr(raw), do)
    model = _variant(named, raw) if named.variants else named.arguments
    return Bound(named, raw, bind_arguments(name, model, raw, named.check))


def _variant(trait: Trait, raw: Any) -> type[BaseModel]:
    """Return the arguments of the variant that the first argument names."""
    first = next(iter(trait.arguments.model_fields))
    name = raw.get(first) if isinstance(raw, dict) else raw
    if not isinstance(name, str) or name not in trait.variants:
        got = "none" if name is None or name is True else repr(name)
        raise BadArguments(f"{trait.name} with a known {first}", got, nearest(name, trait.variants))
    return trait.arguments_by_variant[name]


def bind_measure(name: str, raw: Any, of: Of | None = None) -> BoundMeasure:
    """Bind what a spec writes after a measure's name (`raw`) to the measure's arguments.

    `of` is the part of each reply that is measured, the measure's own where it is None.

    Raises:
        UnknownName: no measure has this name.
        BadArguments: the measure does not take these arguments.
    """
    known = measures()
    if name not in known:
        raise UnknownName("a measure", repr(name), nearest(name, known))
    named = known[name]
    arguments = bind_arguments(name, named.arguments, raw, named.check)
    return BoundMeasure(named, raw, arguments, of or named.of)
