"""Sampling parameters, spelled as in transformers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Sampling(BaseModel):
    """How tokens are drawn. A field left out takes the value of the layer below.

    Layers, the later over the earlier: the checkpoint's generation config, the family's role, the
    behavior. `temperature: 0` is greedy. `presence_penalty` (subtracted once from the logit of
    every token already generated) is not in transformers' `generate`, but Qwen recommends it
    against loops (https://huggingface.co/Qwen/Qwen3-4B#best-practices). `thinking_budget` is named
    as in Qwen's documentation: after so many new tokens an open thought is closed. A text ends with
    the token in which one of `stop_strings` is complete.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    temperature: Annotated[float, Field(ge=0, le=100)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Field(gt=0)] | None = None
    presence_penalty: float | None = None
    max_new_tokens: Annotated[int, Field(ge=1)] | None = None
    stop_strings: tuple[Annotated[str, Field(min_length=1)], ...] | None = None
    thinking_budget: Annotated[int, Field(ge=0)] | None = None

    def over(self, below: Sampling) -> Sampling:
        """Return these parameters with the gaps filled from the layer below."""
        return Sampling(**{**below.given(), **self.given()})

    def given(self) -> dict[str, Any]:
        """Return the parameters that are set, by name."""
        return self.model_dump(exclude_none=True)
