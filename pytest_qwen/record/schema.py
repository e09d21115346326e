"""The lines of a record: a model for each kind, shared by all who write or read them.

{"kind": "run", "schema": 2, …}             the suite, the family, the environment
{"kind": "sample", "case": …, "reply": …}   one line a sample, as it is judged
{"kind": "case", "case": …, "trait": …}     one line a verdict on a whole case
{"kind": "comparison", "case": …, …}        one line a relation between roles
{"kind": "end", "expected": […], …}         its absence means that the run was cut off

The texts below the fields are the tables of docs/record.md. A field that a line does not have is
UNSET, which is false; fields that are not known here are left out when a line is read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from msgspec import UNSET, Meta, UnsetType

from pytest_qwen.record.parts import (
    Fields,
    Judgement,
    PromptScores,
    RecordedCheckpoint,
    RecordedError,
    RecordedMessage,
    RecordedReply,
    RecordedStep,
    RecordedVerdict,
    ReviewNote,
    SnapshotDifference,
)

SCHEMA = 2
"""The version of the lines, in the first of them."""

READABLE = (1, SCHEMA)
"""The versions that can be read: 1 has no lines of whole cases."""

SNAPSHOT, SAME_AS, MORE_THAN = "snapshot", "same_as", "more_than"
"""What verdicts on a whole case are called; that on its snapshot says only whether a text is the
same."""

MISSING = "missing"
"""The error of a sample whose reply nobody gave to `pytest-qwen judge`."""

ERRORS = (
    "nan",
    "oom",
    "timeout",
    "error",
    "engine",
    "store",
    "crash",
    "setup",
    "call",
    "teardown",
    MISSING,
)
"""Kinds of infrastructure errors: ends of a reply, what failed, or the phase of the test."""


class _Line(Fields, tag_field="kind"):
    """One line."""


class RunLine(_Line, tag="run"):
    """The first line: what ran."""

    schema: int
    """the version of these fields: 2. Readers take 1 as well, which has no lines of [whole
    cases](#whole-cases), and refuse others; fields may be added without a new version"""
    suite: list[str] = []
    """pytest's arguments"""
    suite_hash: str | None = None
    """a hash of what all selected cases ask and expect, whatever the models"""
    traits: dict[str, str | int] = {}
    """each trait that judges, with its version"""
    family: str = ""
    """the family's name"""
    checkpoints: dict[str, RecordedCheckpoint | None] = {}
    """for each role what is known of its checkpoint: see below"""
    options: dict[str, Any] = {}
    """the options that decide what is generated"""
    versions: dict[str, Any] = {}
    """of pytest and pytest-qwen"""
    looks: Any = UNSET
    """of a run [against a baseline](gate.md#stop-early): its sha256, the policy's hash, and the
    `blocks` of cases"""
    attempt: int = 1
    """how often this suite was recorded at this place with these checkpoints, one run after the
    other"""


class SampleLine(_Line, tag="sample"):
    """One sample of a case."""

    case: str
    """pytest's id"""
    behavior: str | UnsetType = UNSET
    """the name of the behavior; of a Python test its own. A case that was skipped or crashed has
    neither this nor what follows up to `samples`"""
    role: str | UnsetType = UNSET
    """`base`, `instruct` or `reasoning`"""
    prompt_id: str | UnsetType = UNSET
    """the id of the prompt, with those of its parameters"""
    cluster: str | UnsetType = UNSET
    """the behavior: its prompts are not independent of each other"""
    prompt: list[RecordedMessage] | UnsetType = UNSET
    """the messages, each with `role` and `content`"""
    prompt_as: str | UnsetType | None = UNSET
    """`chat`: they went through the template; `text`: they did not"""
    thinking: bool | UnsetType | None = UNSET
    """what the template was told as `enable_thinking`; null for nothing"""
    sampling: dict[str, Any] | UnsetType = UNSET
    """the sampling parameters that were used"""
    seed: int | UnsetType | None = UNSET
    """the seed"""
    samples: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType = UNSET
    """how many samples the case has"""
    reply: RecordedReply | None = None
    """what the model answered; null where nothing came"""
    verdicts: list[RecordedVerdict] = []
    """one for each expectation; of a Python test one, `test`: that of its own asserts"""
    error: RecordedError | None = None
    """null, or an infrastructure error with `kind`, `message` and perhaps `message_code`, the
    message as `code` and `values`: then there is no verdict"""
    judged: int | UnsetType = UNSET
    """how many characters of the answer were judged, where `stop_at` or `first_line` may cut it"""
    snapshot: SnapshotDifference | UnsetType = UNSET
    """only where the case's [snapshot](snapshots.md) says something else: see below"""
    loop: dict[str, Any] | UnsetType = UNSET
    """only of a truncated reply that loops, where no verdict says so: where in the text (`spans`),
    the `unit` and how often it comes (`count`)"""

    @property
    def met(self) -> bool | None:
        """Whether every expectation is met; None without a verdict that counts."""
        counted = [verdict.met for verdict in self.verdicts if verdict.met is not None]
        return all(counted) if counted and self.error is None else None

    @property
    def messages(self) -> list[RecordedMessage]:
        """The prompt; a line of a crash has none."""
        return self.prompt if isinstance(self.prompt, list) else []

    @property
    def number(self) -> int:
        """Its number among the samples of its case."""
        return self.reply.sample if self.reply else 0

    @property
    def shown(self) -> str:
        """What a page shows as the answer: the whole text where there is no thinking."""
        if self.reply is None:
            return ""
        return self.reply.answer if self.reply.thinking else self.reply.text

    @property
    def thought(self) -> str:
        """What was thought before."""
        return self.reply.thinking if self.reply else ""

    @property
    def truncated(self) -> bool:
        """Whether the budget of tokens ended the reply."""
        return self.reply is not None and self.reply.finish == "length"


class CaseLine(Judgement, tag_field="kind", tag="case", kw_only=True):
    """A verdict on a whole case: on a prompt that it is held against, or on its snapshot."""

    case: str
    """as in a sample, like the next four"""
    behavior: str | UnsetType = UNSET
    """the name of the behavior"""
    role: str | UnsetType = UNSET
    """the role"""
    prompt_id: str | UnsetType = UNSET
    """the id of the prompt"""
    cluster: str | UnsetType = UNSET
    """the behavior"""
    message: str = ""
    """what is wrong where it failed, else empty; of a snapshot's difference the first line"""
    message_code: dict[str, Any] | UnsetType = UNSET
    """the message of a relation as `code` and `values`, for other languages"""
    other: str | UnsetType = UNSET
    """the id of the other prompt's case; a snapshot has none"""
    error: RecordedError | None = None
    """null, or why the other prompt has no replies: then `passed` is null"""


class ComparisonLine(_Line, tag="comparison"):
    """A relation between roles that a run judged: what is claimed, and whether it holds."""

    case: str
    """pytest's id"""
    behavior: str = ""
    """the name of the comparison"""
    relation: str = ""
    """the id of the relation in it"""
    line: int | None = None
    """where it stands in the YAML"""
    claim: str = ""
    """what is compared: a measure, or the rate of a trait"""
    claim_code: dict[str, Any] | UnsetType = UNSET
    """the same as `code` and `values`, for other languages"""
    order: str = ""
    """the roles and signs, as written"""
    confidence: float | UnsetType = UNSET
    """how sure every step must be"""
    margin: float | UnsetType = UNSET
    """the drop that `<=` must rule out"""
    passed: bool | None = None
    """whether every step is shown"""
    steps: list[RecordedStep] | UnsetType = UNSET
    """for each pair of neighbours `lower`, `upper`, `sign`, both `means`, the `estimate` of the
    rise, the number `n` of units, `p` or `drop`, and whether it `passed`"""
    prompts: list[PromptScores] | UnsetType = UNSET
    """for each prompt `behavior`, `prompt_id`, and the `scores` by role"""
    error: RecordedError | None = None
    """null, or why there was nothing to compare"""

    @property
    def met(self) -> bool:
        """Whether nothing is wrong with it; a skipped one is left open."""
        return self.passed is not False and (self.error is None or self.error.kind == "skipped")


class EndLine(_Line, tag="end"):
    """The last line of a run that was not cut off."""

    expected: list[str] = []
    """the ids that were expected; of a run that the gate ended early those of the blocks up to the
    look, which are complete"""
    reported: list[str] = []
    """the ids that have lines"""
    status: int | None = None
    """pytest's exit status"""
    lanes: dict[str, list[str]] = {}
    """for each role the values of `lane` of its replies"""
    look: Annotated[int, Meta(ge=1)] | UnsetType | None = UNSET
    """of a run that the gate ended early the number of the look"""


class OtherLine(Fields):
    """A line of a kind that a newer version writes."""

    kind: str
    case: str = ""


class Review(Fields):
    """The notes that a reviewer downloads from the page."""

    kind: Literal["notes"]
    record: str
    notes: list[ReviewNote]


class Approval(Fields):
    """A line beside a baseline: who made it one."""

    by: str = ""
    """who"""
    why: str = ""
    """why"""
    when: str = ""
    """in UTC"""
    sha256: str = ""
    """of the record"""
    before: str | None = None
    """the SHA-256 of the baseline before, null where there was none"""
    notes: list[ReviewNote] = []
    """what a reviewer noted, case by case"""


JudgedLine = SampleLine | CaseLine | ComparisonLine
"""A line that a test leaves."""

Line = RunLine | JudgedLine | EndLine

KINDS = {str(model.__struct_config__.tag): model for model in get_args(Line)}
"""The models by kind."""
