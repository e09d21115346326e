"""A comparison's YAML: rates and measures that must rise along an order of roles.

behavior: format_ladder
compare:
  - rate: {behavior: summary_prefix, trait: {starts_with: "{prefix}："}}
    order: base < instruct <= reasoning
  - {measure: distinct_2, behaviors: [greeting, unprompted_list], order: instruct < base}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from pytest_qwen.files.fields import STRICT, Identifier, Like, Name
from pytest_qwen.files.validation import Declared
from pytest_qwen.model_io.vocabulary import ROLES, Role

MARGIN = 0.1
"""The drop of a rate that `<=` allows where no `margin` is said."""

Sign = Literal["<", "<="]
_ROLE = "|".join(ROLES)
Order = Annotated[
    str,
    Like(rf"(?:{_ROLE})(?: *<=? *(?:{_ROLE}))+", "roles such as base < instruct <= reasoning"),
    Field(description="Roles, the lowest first: `<` is shown to rise, `<=` not to drop."),
]
Names = Annotated[tuple[Name, ...], Field(min_length=1)]


class RateFields(BaseModel):
    """A trait, and the behaviors whose replies are judged by it."""

    model_config = STRICT

    trait: Any
    behavior: Name | None = None
    behaviors: Names | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> RateFields:
        if (self.behavior is None) == (self.behaviors is None):
            raise PydanticCustomError("either", "either `behavior` or `behaviors`")
        return self


class RelationFields(BaseModel):
    """One relation between roles: a rate or a measure, and the order."""

    model_config = STRICT

    rate: Annotated[RateFields | None, Field(description="The share of samples with a trait.")] = (
        None
    )
    measure: Annotated[Any, Field(description="A measure, with arguments or without.")] = None
    behavior: Name | None = None
    behaviors: Names | None = None
    order: Order
    margin: Annotated[
        float | None,
        Field(gt=0, lt=1, description=f"The drop that `<=` allows; {MARGIN} by default."),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> RelationFields:
        if (self.rate is None) == (self.measure is None):
            raise PydanticCustomError("either", "either `rate` or `measure`")
        beside = (self.behavior is not None) + (self.behaviors is not None)
        if beside != (self.rate is None):
            where = "inside `rate`" if self.rate else "beside `measure`"
            raise PydanticCustomError("either", "{x}", {"x": f"`behavior` or `behaviors` {where}"})
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The behaviors whose prompts are asked."""
        holder = self.rate or self
        return holder.behaviors or (holder.behavior or "",)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles in order, the lowest first."""
        return cast("tuple[Role, ...]", tuple(re.findall(_ROLE, self.order)))

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What stands between the roles."""
        return cast("tuple[Sign, ...]", tuple(re.findall("<=?", self.order)))


class ComparisonFields(BaseModel):
    """The keys of a comparison's YAML."""

    model_config = STRICT

    behavior: Annotated[Name, Field(description="The unique name of the comparison.")]
    title: Annotated[str, Field(description="What differs between roles, in one line.")] = ""
    why: Annotated[str, Field(description="Why it should hold.")] = ""
    tags: Annotated[tuple[Identifier, ...], Field(description="Markers for `-m`.")] = ()
    compare: Annotated[tuple[RelationFields, ...], Field(min_length=1)]
    confidence: Annotated[
        float, Field(ge=0.5, lt=1, description="How sure each relation must be.")
    ] = 0.95
    samples: Annotated[
        int | None,
        Field(ge=1, le=10_000, description="Replies a prompt; each behavior's own by default."),
    ] = None
    seed: Annotated[
        int | None, Field(ge=0, lt=2**63, description="Each behavior's own by default.")
    ] = None


@dataclass(frozen=True)
class Comparison(Declared):
    """One validated comparison."""

    fields: ComparisonFields
