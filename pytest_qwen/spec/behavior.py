"""A behavior's YAML: its keys, and what follows from them.

behavior: compare_decimals
prompts: [{id: classic, text: 9.11和9.8哪个更大？}]
expect:
  reasoning:
    - thinking: closed
    - final_answer: 9.8
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    Field,
    StrictFloat,
    StrictInt,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pytest_qwen.files.fields import STRICT, Identifier, Name, Slug, Switches, Value
from pytest_qwen.files.validation import Declared
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import PROMPT_AS, As, Role

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


class BehaviorFields(BaseModel):
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

    fields: BehaviorFields

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
