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
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
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
from pytest_qwen.core.source import Document, Loc, Problem, SpecError, read


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
Switches = Annotated[
    dict[
        Annotated[
            str,
            Like(
                "(?!messages$|add_generation_prompt$)[A-Za-z_][A-Za-z0-9_]{0,79}",
                "a name that the chat template reads, not what the prompt itself fills",
            ),
        ],
        JsonValue,
    ],
    Field(description="What the chat template is told, such as `enable_thinking`."),
]
Value = StrictStr | StrictInt | StrictFloat
As = Literal["text", "chat"]
PROMPT_AS: dict[Role, As] = {"base": "text", "instruct": "chat", "reasoning": "chat"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(_Strict):
    """One message of a conversation, as chat templates take it."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str


class Prompt(_Strict):
    """What a model is asked: one text, or a conversation."""

    id: Slug
    text: str | None = None
    messages: tuple[Message, ...] | None = None

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
    samples: Annotated[int, Field(ge=1, le=10_000, description="Replies drawn for each case.")] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    expect: Annotated[dict[Role, list[Any]], Field(min_length=1)]
    prompt_as: Annotated[
        dict[Role, As], Field(description="`text`: a bare continuation; `chat`: the template.")
    ] = {}
    template: Switches = {}
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
            behaviors.append(behavior)
        except SpecError as error:
            problems += error.problems
    if not documents:
        problems.append(Problem(shown or str(path), 1, "a behavior", "an empty file"))
    if problems:
        raise SpecError(*problems)
    return behaviors


Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], document: Document) -> Model:
    """Validate a document with a pydantic model.

    Raises:
        SpecError: each of pydantic's errors as a problem with its line.
    """
    if not isinstance(document.data, dict):
        got = type(document.data).__name__
        raise SpecError(document.problem((), "a mapping of keys to values", got))
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # An item that cannot be read also leaves its list too short: that is no second mistake.
        told = [e for e in errors if e["type"] != "too_short" or not e["input"]]
        problems = (_problem(model, document, e) for e in told)
        raise SpecError(*dict.fromkeys(problems)) from None


def _problem(model: type[BaseModel], document: Document, error: Any) -> Problem:
    loc: Loc = error["loc"]
    name, got = loc[-1] if loc else "", repr(error["input"])
    match error["type"]:
        case "extra_forbidden":
            fields = _model_at(model, loc[:-1]).model_fields
            return document.problem(loc, "a known key", repr(name), nearest(name, fields))
        case "missing":
            return document.problem(loc, f"the key {name!r}", "none", "add it")
        case "literal_error" if isinstance(error["input"], str):
            known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            loc = tuple(part for part in loc if part != "[key]")
            return document.problem(loc, f"one of {', '.join(known)}", got, nearest(got, known))
        case "string_type" if not isinstance(error["input"], dict | list):
            loc = tuple(step for step in loc if step != "str")
            return document.problem(loc, "text", got, "put it in quotes")
        case "int_type" | "float_type" if loc[-1] in {"int", "float"}:
            return document.problem(loc[:-1], "text", got, "put it in quotes")
        case "either":
            return document.problem(loc, error["msg"], "neither or both")
        case _:
            return document.problem(loc, error["msg"].removeprefix("Input should be "), got)


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    """Return the model that describes the mapping at `loc`."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            found = _models_in(model.model_fields[step].annotation)
            model = found[0] if found else model
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]


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
