"""`gate.json`: the model of a decision as data, which the gate writes and the report reads.

Its sentences (`reasons`, `todo`, `notes`) are English text; `codes` has the code and the values of
each of them, at the same place, so that others can be told in another language. In memory they are
`Reason`s, where this release knows the code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, FiniteFloat, NonNegativeInt, PositiveInt, model_validator

from pytest_qwen.files.json_file import JsonPart, load
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Rules
from pytest_qwen.messages.reason import from_json, with_codes

SCHEMA = 1
"""The version of the file."""

CASES, SAMPLES, TEXT = 20, 4, 2000
"""Changed cases in the file, samples of each, and characters of each text; the records have all.

The same numbers hold for lost relations, and their messages."""


class AppliedPolicy(Rules):
    """The policy that decided, with its hash."""

    model_config = ConfigDict(strict=True, extra="ignore")

    hash: str


class ComparedRecord(JsonPart):
    """One of the records, and what the header of its run says."""

    path: str
    sha256: str
    approval: Any = None
    cases: NonNegativeInt | None = None
    met: NonNegativeInt | None = None
    family: Any = None
    suite_hash: Any = None
    checkpoints: Any = None
    options: Any = None
    versions: Any = None
    attempt: Any = None


class ComparedPair(JsonPart):
    """The records of a round."""

    baseline: ComparedRecord
    candidate: ComparedRecord


class ObservedSamples(JsonPart):
    """How many samples a side has, and how many are missing, by why."""

    observed: int
    missing: dict[str, NonNegativeInt]


class SampleCounts(JsonPart):
    """How many samples were expected of each side, and what came."""

    expected: NonNegativeInt
    baseline: ObservedSamples
    candidate: ObservedSamples


class InfrastructureError(JsonPart):
    """A sample without a reply; None is the whole case."""

    side: Literal["baseline", "candidate"]
    case: str
    sample: int | None
    kind: str


class RateChange(JsonPart):
    """How the passing rate of a gated name, or of an advisory one without verdict, changed.

    Rates, changes and bounds are fractions; a bound that is not finite is None. See
    `gate.statistics.Estimate`.
    """

    name: str
    verdict: Outcome | None = None
    improved: bool = False
    p_adjusted: FiniteFloat
    clusters_needed: int | None = None
    items: NonNegativeInt
    clusters: NonNegativeInt
    baseline: FiniteFloat
    candidate: FiniteFloat
    change: FiniteFloat
    se: FiniteFloat | None = None
    lower: FiniteFloat | None = None
    upper: FiniteFloat | None = None
    p: FiniteFloat
    test: str
    mde: FiniteFloat | None = None


class LostRelation(JsonPart):
    """A relation between prompts that a case met in the baseline and fails in the candidate."""

    case: str
    name: str
    message: str
    message_code: Any = None

    @property
    def text(self) -> str:
        """The message, as a `Reason` where its code is known."""
        return from_json(self.message_code) or self.message


class SampleText(JsonPart):
    """Whether a sample passed all checks, and its text, cut."""

    passed: bool
    text: str


class ChangedSample(JsonPart):
    """A sample that passed on one side only, on both; None where the side has no reply."""

    sample: NonNegativeInt
    before: SampleText | None
    after: SampleText | None


class CaseChange(JsonPart):
    """A case whose passing rate changed: its samples, how many passed, the traits that changed."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    case: str
    behavior: str
    traits: tuple[str, ...]
    samples: PositiveInt
    passed_before: NonNegativeInt
    passed_after: NonNegativeInt
    examples: tuple[ChangedSample, ...] = Field(alias="said")


class EarlierDecision(JsonPart):
    """A decision on the same question that was made before, on records with these digests."""

    attempt: int
    verdict: Outcome
    policy: str
    records: tuple[str, ...]


class Codes(JsonPart):
    """Code and values of each sentence, None where it is text only."""

    reasons: tuple[Any, ...] = ()
    todo: tuple[Any, ...] = ()
    notes: tuple[Any, ...] = ()


class Artifact(ComparedPair):
    """The file. What earlier releases did not write has a default."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    schema_: Annotated[Literal[1], Field(alias="schema")]
    verdict: Outcome
    reasons: tuple[str, ...]
    todo: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    codes: Codes = Codes()
    policy: AppliedPolicy
    attempt: PositiveInt
    question: str
    alarm: FiniteFloat = 0.05
    look: int | None = None
    more: tuple[ComparedPair, ...] = ()
    completeness: SampleCounts
    errors: tuple[InfrastructureError, ...] = ()
    gated: tuple[RateChange, ...]
    advisory: tuple[RateChange, ...] = ()
    severe: tuple[str, ...] = ()
    hard: dict[str, PositiveInt] = Field(default={})
    lost: tuple[LostRelation, ...] = ()
    lost_total: NonNegativeInt = 0
    flips: tuple[CaseChange, ...] = ()
    flips_total: NonNegativeInt = 0
    earlier: tuple[EarlierDecision, ...] = ()

    @model_validator(mode="after")
    def _as_reasons(self) -> Self:
        self.reasons = with_codes(self.reasons, self.codes.reasons)
        self.todo = with_codes(self.todo, self.codes.todo)
        self.notes = with_codes(self.notes, self.codes.notes)
        return self

    @property
    def rounds(self) -> tuple[ComparedPair, ...]:
        """All pairs of records that were compared: the first and those of later rounds."""
        return (self, *self.more)


def read_artifact(path: Path) -> Artifact:
    """Read a decision.

    Raises:
        CommandError: it cannot be read, or is something else.
    """
    return load(Artifact, path, "a gate's decision", "name what `pytest-qwen gate --out` wrote")
