"""A behavior's YAML, validated: `load(path)` gives `Behavior`s that keep the line of every node.

behavior: compare_decimals
prompts: [{id: classic, text: 9.11和9.8哪个更大？}]
expect:
  reasoning:
    - thinking: closed
    - final_answer: 9.8
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    Field,
    StrictFloat,
    StrictInt,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pytest_qwen.files.fields import STRICT, Identifier, Name, Slug, Switches, Value
from pytest_qwen.files.pydantic_messages import mistakes
from pytest_qwen.files.validation import Declared, validate
from pytest_qwen.files.yaml_lines import Document, Problem, SpecError, read, refusal
from pytest_qwen.messages.names import closest, nearest, repeated
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import PROMPT_AS, ROLES, As, Role
from pytest_qwen.spec.comparison import Comparison, ComparisonFields

Parameter = Literal[
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repetition_penalty",
    "presence_penalty",
    "max_new_tokens",
    "thinking_budget",
]
"""A sampling parameter that can be swept: each number in `Sampling`."""


class MoreThan(BaseModel):
    """A prompt of the behavior whose replies must measure less."""

    model_config = STRICT

    prompt: Slug
    measure: Any


class Prompt(BaseModel):
    """What a model is asked: one text, or a conversation."""

    model_config = STRICT

    id: Slug
    text: Annotated[str, Field(min_length=1)] | None = None
    messages: tuple[Message, ...] | None = None
    values: Annotated[
        dict[Identifier, Value],
        Field(description="This prompt's own values for `{name}`, as of the right answer."),
    ] = {}
    same_as: Annotated[
        Slug | None,
        Field(description="Another prompt whose verdicts this one must keep, whatever they are."),
    ] = None
    more_than: Annotated[
        MoreThan | None,
        Field(description="Another prompt whose replies must measure less than this one's."),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Prompt:
        if (self.text is None) == (not self.messages):
            raise PydanticCustomError("either", "either `text` or `messages`")
        return self

    @property
    def conversation(self) -> tuple[Message, ...]:
        """The prompt as messages; a text is what the user says."""
        return self.messages or (Message(role="user", content=self.text or ""),)


class Fields(BaseModel):
    """The keys of a behavior's YAML. The JSON Schema for editors is made from this class."""

    model_config = STRICT

    behavior: Annotated[Name, Field(description="The unique name of the behavior.")]
    title: Annotated[str, Field(description="What the model does, in one line.")] = ""
    why: Annotated[str, Field(description="Why it should hold, and for which roles.")] = ""
    tags: Annotated[tuple[Identifier, ...], Field(description="Markers for `-m`.")] = ()
    needs: Annotated[
        tuple[Identifier, ...],
        Field(description="What a family must be able to do; where it `lacks` that, cases skip."),
    ] = ()
    prompts: Annotated[tuple[Prompt, ...], Field(min_length=1)]
    parameters: Annotated[
        dict[Identifier, Annotated[tuple[Value, ...], Field(min_length=1)]],
        Field(
            description="Values for `{name}` in prompts and traits; every combination is a case."
        ),
    ] = {}
    sampling: Annotated[Sampling, Field(description="Over the role's defaults.")] = Sampling()
    sweep: Annotated[
        dict[Parameter, Annotated[tuple[StrictInt | StrictFloat, ...], Field(min_length=1)]],
        Field(description="Values of sampling parameters; every combination is a case."),
    ] = {}
    samples: Annotated[int, Field(ge=1, le=10_000, description="Replies drawn for each case.")] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    expect: Annotated[dict[Role, list[Any]], Field(min_length=1)]
    prompt_as: Annotated[
        dict[Role, As], Field(description="`text`: a bare continuation; `chat`: the template.")
    ] = {}
    stop_at: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(description="The answer ends before the first of these texts."),
    ] = ()
    first_line: Annotated[bool, Field(description="The answer is its first line.")] = False
    template: Switches = {}
    snapshot: Annotated[bool, Field(description="Keep the replies as a syrupy snapshot.")] = False


@dataclass(frozen=True)
class Behavior(Declared):
    """One validated YAML document."""

    fields: Fields

    def prompt_as(self, role: Role) -> As:
        """Say whether a role is given the bare text or the rendered template."""
        return self.fields.prompt_as.get(role, PROMPT_AS[role])

    @property
    def cuts(self) -> bool:
        """Whether answers are judged only up to some place."""
        return bool(self.fields.stop_at) or self.fields.first_line

    def cut(self, answer: str) -> str:
        """Return the part of an answer that is judged: a beginning of it, without blanks behind."""
        for stop in self.fields.stop_at:
            answer = answer.partition(stop)[0]
        if self.fields.first_line:
            answer = (answer.splitlines() or [""])[0]
        return answer.rstrip()


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
    behavior = Behavior(validate(Fields, document), document)
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
