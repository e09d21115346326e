"""A behavior's YAML, validated: `load(path)` gives `Behavior`s that keep the line of every node.

behavior: compare_decimals
prompts: [{id: classic, text: 9.11和9.8哪个更大？}]
expect:
  reasoning:
    - thinking: closed
    - final_answer: 9.8
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from pytest_qwen.core.names import nearest
from pytest_qwen.core.reply import ROLES, Role
from pytest_qwen.core.sampling import Sampling
from pytest_qwen.core.source import Document, Problem, SpecError, read
from pytest_qwen.core.validation import validate


@dataclass(frozen=True)
class Like:
    """Annotates a text that must match a pattern; `words` are what a message expects."""

    pattern: str
    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}

    def _check(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise PydanticCustomError("like", "{words}", {"words": self.words})
        return text


Identifier = Annotated[
    str, Like("[A-Za-z_][A-Za-z0-9_]{0,79}", "at most 80 ASCII letters, digits and _")
]
Name = Annotated[
    str,
    Like(
        "(?!pytest|setup|teardown)[A-Za-z][A-Za-z0-9_]{0,79}",
        "at most 80 ASCII letters, digits and _, not beginning with _, pytest, setup or teardown",
    ),
]
Slug = Annotated[
    str, Like("[A-Za-z0-9][A-Za-z0-9._-]{0,79}", "at most 80 ASCII letters, digits and . _ -")
]
Value = StrictStr | StrictInt | StrictFloat
Parameter = Literal[
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repetition_penalty",
    "presence_penalty",
    "max_new_tokens",
]
"""A sampling parameter that can be swept: each number in `Sampling`."""
As = Literal["text", "chat"]
PROMPT_AS: dict[Role, As] = {"base": "text", "instruct": "chat", "reasoning": "chat"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(_Strict):
    """One message of a conversation, as chat templates take it."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str


class MoreThan(_Strict):
    """A prompt of the behavior whose replies must measure less."""

    prompt: Slug
    measure: Any


class Prompt(_Strict):
    """What a model is asked: one text, or a conversation."""

    id: Slug
    text: str | None = None
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


class Fields(_Strict):
    """The keys of a behavior's YAML. The JSON Schema for editors is made from this class."""

    behavior: Annotated[Name, Field(description="The unique name of the behavior.")]
    title: Annotated[str, Field(description="What the model does, in one line.")] = ""
    why: Annotated[str, Field(description="Why it should hold, and for which roles.")] = ""
    tags: Annotated[tuple[Identifier, ...], Field(description="Markers for `-m`.")] = ()
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
    snapshot: Annotated[bool, Field(description="Keep the replies as a syrupy snapshot.")] = False


@dataclass(frozen=True)
class Behavior:
    """One validated YAML document."""

    fields: Fields
    document: Document

    @property
    def name(self) -> str:
        """The behavior's unique name."""
        return self.fields.behavior

    @property
    def line(self) -> int:
        """The line of the `behavior:` key."""
        return self.document.line(("behavior",))

    def prompt_as(self, role: Role) -> As:
        """Say whether a role is given the bare text or the rendered template."""
        return self.fields.prompt_as.get(role, PROMPT_AS[role])

    def cut(self, answer: str) -> str:
        """Return the part of an answer that is judged: a beginning of it, without blanks behind.

        >>> from pytest_qwen.core.source import parse
        >>> text = "{behavior: x, prompts: [{id: a, text: b}], expect: {base: [a]}, stop_at: [Q:]}"
        >>> Behavior(validate(Fields, parse(text, "")[0]), parse(text, "")[0]).cut("9.8\\n\\nQ: 3?")
        '9.8'
        """
        for stop in self.fields.stop_at:
            answer = answer.partition(stop)[0]
        if self.fields.first_line:
            answer = (answer.splitlines() or [""])[0]
        return answer.rstrip()


def load(path: Path, *, shown: str = "", tags: Collection[str] | None = None) -> list[Behavior]:
    """Read and validate the behaviors of a YAML file.

    Args:
        path: the file.
        shown: the path to use in messages; `path` where empty.
        tags: the known tags; None allows any.

    Raises:
        SpecError: with one problem for everything that is wrong.
    """
    documents = read(path, shown)
    problems: list[Problem] = []
    behaviors: list[Behavior] = []
    for document in documents:
        try:
            behavior = Behavior(validate(Fields, document), document)
            problems += _unknown_tags(behavior, tags)
            problems += _doubles(behavior, {b.name for b in behaviors})
            problems += _wrong_points(behavior)
            behaviors.append(behavior)
        except SpecError as error:
            problems += error.problems
    if not documents:
        problems.append(Problem(shown or str(path), 1, "a behavior", "an empty file"))
    if problems:
        raise SpecError(*problems)
    return behaviors


def _unknown_tags(behavior: Behavior, known: Collection[str] | None) -> list[Problem]:
    tags = {*known, *ROLES} if known is not None else set(behavior.fields.tags)
    return [
        behavior.document.problem(
            ("tags", i),
            "a tag declared in the configuration (`qwen_tags`)",
            repr(tag),
            nearest(tag, tags),
        )
        for i, tag in enumerate(behavior.fields.tags)
        if tag not in tags
    ]


def _doubles(behavior: Behavior, names: Collection[str]) -> list[Problem]:
    document, problems = behavior.document, []
    if behavior.name in names:
        problems.append(document.problem(("behavior",), "a new name", repr(behavior.name)))
    seen: set[str] = set()
    for i, prompt in enumerate(behavior.fields.prompts):
        if prompt.id in seen:
            loc = ("prompts", i, "id")
            problems.append(document.problem(loc, "a new prompt id", repr(prompt.id)))
        seen.add(prompt.id)
    return problems


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
                expected = error.errors()[0]["msg"].removeprefix("Input should be ")
                problems.append(document.problem(("sweep", name, i), expected, repr(value)))
    return problems
