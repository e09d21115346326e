"""Files of behaviors and comparisons, validated: `load(path)` keeps the line of every node."""

from __future__ import annotations

from collections.abc import Collection, Iterable, MutableMapping
from pathlib import Path

from pydantic import ValidationError

from pytest_qwen.files.pydantic_messages import mistakes
from pytest_qwen.files.validation import validate
from pytest_qwen.files.yaml_lines import Document, Problem, SpecError, read, refusal
from pytest_qwen.messages.names import closest, nearest, repeated
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import ROLES
from pytest_qwen.spec.behavior import Behavior, BehaviorFields
from pytest_qwen.spec.comparison import Comparison, ComparisonFields

Spec = Behavior | Comparison
"""What a document can be."""


def load(path: Path, *, shown: str = "", tags: Collection[str] | None = None) -> list[Spec]:
    """Read and validate the behaviors of a YAML file, and the comparisons of behaviors.

    Args:
        path: the file.
        shown: the path to use in messages; `path` where empty.
        tags: the known tags; None allows any.

    Raises:
        SpecError: with one problem for everything that is wrong.
    """
    documents = read(path, shown)
    problems: list[Problem] = []
    specs: list[Spec] = []
    seen: dict[str, Spec] = {}
    for document in documents:
        try:
            spec = _spec(document)
            problems += _unknown_tags(spec, tags)
            problems += doubles([spec], seen)
            specs.append(spec)
        except SpecError as error:
            problems += error.problems
    if not documents:
        problems.append(Problem(shown or str(path), 1, refusal("a behavior", "an empty file")))
    if problems:
        raise SpecError(*problems)
    return specs


def _spec(document: Document) -> Spec:
    if isinstance(document.data, dict) and "compare" in document.data:
        return Comparison(validate(ComparisonFields, document), document)
    behavior = Behavior(validate(BehaviorFields, document), document)
    if problems := [*_same_prompts(behavior), *_wrong_points(behavior)]:
        raise SpecError(*problems)
    return behavior


def _unknown_tags(spec: Spec, known: Collection[str] | None) -> list[Problem]:
    tags = {*known, *ROLES} if known is not None else set(spec.fields.tags)
    return [
        spec.document.problem(
            ("tags", i),
            "a tag declared in the configuration (`qwen_tags`)",
            repr(tag),
            nearest(tag, tags) if closest(tag, tags) else _declare(tag),
        )
        for i, tag in enumerate(spec.fields.tags)
        if tag not in tags
    ]


def _declare(tag: str) -> str:
    return f'write qwen_tags = ["{tag}: what it is about"] there'


def doubles(specs: Iterable[Spec], seen: MutableMapping[str, Spec]) -> list[Problem]:
    """Return a problem for each name that another place has: snapshots and records go by it.

    `seen` has what declared the names so far; those of `specs` are added.
    """
    problems = []
    for spec in specs:
        first = seen.setdefault(spec.name, spec)
        here, there = (f"{s.document.path}:{s.line}" for s in (spec, first))
        if here != there:
            loc = ("behavior",)
            problems.append(
                spec.document.problem(loc, "a new name", repr(spec.name), f"{there} has it")
            )
    return problems


def _same_prompts(behavior: Behavior) -> list[Problem]:
    ids = [prompt.id for prompt in behavior.fields.prompts]
    return [
        behavior.document.problem(("prompts", i, "id"), "a new prompt id", repr(ids[i]))
        for i in repeated(ids)
    ]


def _wrong_points(behavior: Behavior) -> list[Problem]:
    """Return a problem for each value of the sweep that no sampling may have."""
    document, problems = behavior.document, []
    for name, values in behavior.fields.sweep.items():
        if getattr(behavior.fields.sampling, name) is not None:
            do = "remove one"
            got = f"{name} in both"
            problems.append(document.problem(("sweep", name), "`sampling` or `sweep`", got, do))
        for i, value in enumerate(values):
            try:
                Sampling.model_validate({name: value})
            except ValidationError as error:
                mistake = mistakes(error, Sampling, {name: value})[0]
                loc = ("sweep", name, i)
                problems.append(document.problem(loc, mistake.expected, mistake.got))
    return problems
