"""The policy of a gate: a small YAML file. Nothing in it is required.

margin: 0.1                     a drop of the passing rate that is too much: ten points
traits: [finish, json_object]   gated by name, at most five, besides the suite as a whole
critical: [greeting]            behaviors that must not go from all passing to all failing
hard: [nan, leaked]             forbidden events
looks: [0.5]                    interim looks: a run may stop after half of the behaviors
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pytest_qwen.files.fields import Identifier
from pytest_qwen.messages.names import repeated

if TYPE_CHECKING:
    from pytest_qwen.files.yaml_lines import Document, Problem

Differing = Literal["template", "sampling", "seed"]
Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]


class Rules(BaseModel):
    """What a policy holds; the defaults are what a gate without a file does.

    `hard` names forbidden events: kinds of errors (`nan`, `crash`, `oom`, `timeout`), states of
    thinking (`unclosed_stopped`, `leaked`) and failures of traits. `may_differ` names what two
    models cannot share: where the templates differ, the messages still have to be the same.
    `attempts` is how often samples may be drawn for one question; they share α. `looks` are the
    shares of the behaviors after which a run with `--qwen-gate-against` takes an interim look.
    """

    margin: Share = 0.1
    alpha: Annotated[float, Field(gt=0, lt=0.5, allow_inf_nan=False)] = 0.05
    traits: Annotated[tuple[Identifier, ...], Field(max_length=5)] = ()
    critical: tuple[Identifier, ...] = ()
    hard: tuple[Identifier, ...] = ("nan",)
    may_differ: tuple[Differing, ...] = ()
    attempts: Annotated[int, Field(ge=1, strict=True)] = 1
    looks: Annotated[tuple[Share, ...], Field(max_length=10)] = (0.25, 0.5, 0.75)


class Policy(Rules):
    """A gate's policy, as a file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def level(self) -> float:
        """The level of the alarms and bounds of one attempt (Bonferroni)."""
        return self.alpha / self.attempts

    @property
    def look_level(self) -> float:
        """The level of the alarms at a look: .001 where α is .05."""
        return self.level / 50

    @property
    def last_level(self) -> float:
        """The level of the alarms at the end of a run that looked before: what is left."""
        return self.level - len(self.looks) * self.look_level

    @property
    def hash(self) -> str:
        """Identify the policy: 12 hex digits."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_policy(path: Path) -> Policy:
    """Read a policy file.

    Raises:
        OSError: it cannot be read.
        SpecError: it is wrong; the text has a line for each problem.
    """
    from pytest_qwen.files.validation import validate
    from pytest_qwen.files.yaml_lines import Problem, SpecError, read, refusal

    documents = read(path)
    if len(documents) != 1:
        raise SpecError(Problem(str(path), 1, refusal("one policy", f"{len(documents)} documents")))
    document = documents[0]
    policy = validate(Policy, document)
    problems = [*_twice(policy, document), *_looks(policy, document)]
    if problems:
        raise SpecError(*problems)
    return policy


def _twice(policy: Policy, document: Document) -> list[Problem]:
    return [
        document.problem((key, i), "every name once", repr(getattr(policy, key)[i]), "remove one")
        for key in ("traits", "critical", "hard", "may_differ")
        for i in repeated(getattr(policy, key))
    ]


def _looks(policy: Policy, document: Document) -> Iterator[Problem]:
    for i, (before, share) in enumerate(pairwise(policy.looks), 1):
        if share <= before:
            yield document.problem(("looks", i), f"a share above {before:g}", f"{share:g}")
