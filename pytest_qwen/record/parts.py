"""What the lines of a record are made of: a reply, a verdict, what a snapshot has otherwise.

The texts below the fields are the tables of docs/record.md.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import msgspec.structs
from msgspec import UNSET, Meta, Struct, UnsetType

from pytest_qwen.messages.reason import Reason, from_json
from pytest_qwen.record.check_names import called, traits_inside
from pytest_qwen.record.plain import plain

Version = str | int | None
"""The version of a trait or a measure."""


class Fields(Struct, gc=False):
    """Fields of a line, or of a part of one; trees of JSON have no cycles to collect."""

    def but(self, **changes: Any) -> Self:
        """Return it with other values in some fields."""
        return msgspec.structs.replace(self, **changes)


class RecordedCheckpoint(Fields):
    """What the header says of the checkpoint of a role."""

    checkpoint: str | None = None
    """its name, as the family file or `--qwen-model` has it"""
    fingerprint: str | None = None
    """a hash of its files; null where it could not be used, and in the next two"""
    template: str | None = None
    """a hash of its chat template"""
    environment: str | None = None
    """device, number format, libraries"""
    engine: str | None = None
    """what generates, by its name"""


class RecordedMessage(Fields):
    """One message of a prompt."""

    role: str = ""
    content: str = ""


class RecordedReply(Fields):
    """What a model answered."""

    text: str = ""
    """all that was generated, without the token that ended it"""
    token_ids: list[int] = []
    """the ids of its tokens"""
    mean_logprob: float | None = None
    """the mean natural log-probability of the tokens that the model drew: see below"""
    thinking: str = ""
    """the thought"""
    answer: str = ""
    """what is behind the thought"""
    thinking_state: str = "absent"
    """what became of the thought: `absent`, `closed`, `empty`, `unclosed_truncated`,
    `unclosed_stopped`, `multiple`, `leaked` or `tool_in_thinking`"""
    finish: str = ""
    """why it ended: `stop`, `length`, `verdict`, or an error"""
    n_prompt_tokens: int = 0
    """how many tokens the prompt has"""
    n_thinking_tokens: int = 0
    """how many tokens the thought has"""
    thinking_cut: bool = False
    """whether the thinking budget closed the thought"""
    seed: int = 0
    """the seed it was drawn with"""
    sample: Annotated[int, Meta(ge=0)] = 0
    """its number among the samples of its case, from 0"""
    request_key: str = ""
    """its name in the store"""
    lane: str = ""
    """the codes, joined by `+`, of why this
    [lane](generation.md#which-models-keep-the-promise-and-how) generated it,
    also where it comes from the store"""
    lacks: list[str] = []
    """what its [engine](engines.md#what-an-engine-promises) does not promise"""


class Judgement(Fields):
    """What was expected, and whether it was so."""

    trait: str
    """the trait, `all`, `any`, `not` or `none`; of a Python test `test`"""
    args: Any = None
    """its arguments, as in YAML"""
    version: Version = None
    """of the code that judges"""
    passed: bool | None = None
    """whether it is so; null where nothing can be said: the reply was cut off while the model
    thought, a measure is not defined, or the engine lacks what the trait needs, which all count as
    a miss; or the test was skipped, which counts as nothing"""
    evidence: dict[str, Any] = {}
    """why: `got`, and what the trait has besides, such as `spans` in the part `of` the reply"""
    line: int | None = None
    """where it stands in the YAML"""

    @property
    def met(self) -> bool | None:
        """Whether it counts as met; None for a Python test that was skipped.

        Where nothing can be said, as of an answer that was cut off while the model thought,
        nothing was shown.
        """
        return False if self.passed is None and self.trait != "test" else self.passed

    @property
    def called(self) -> str:
        """Its name; that of a combination says what it holds."""
        return called(self.trait, self.args)

    @property
    def traits(self) -> list[str]:
        """The traits in it."""
        return list(traits_inside(self.trait, self.args))

    @property
    def got(self) -> str:
        """What there was instead, or the reason why it passed."""
        return str(self.evidence.get("got", ""))


class RecordedVerdict(Judgement):
    """One expectation, and whether a sample met it."""

    at_least: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """the share of samples that must meet it"""


class RecordedError(Fields):
    """Why there is no reply to judge."""

    kind: str = "error"
    message: str = ""
    message_code: dict[str, Any] | UnsetType = UNSET
    """the message as `code` and `values` where it has one, for other languages"""

    @classmethod
    def of(cls, kind: str, message: str) -> Self:
        """Return an error whose message may be a `Reason`."""
        code = {"message_code": plain(message.to_json())} if isinstance(message, Reason) else {}
        return cls(kind=kind, message=plain(message), **code)

    @property
    def reason(self) -> str:
        """The message, as a `Reason` where its code is known."""
        return from_json(self.message_code) or self.message


class TokenFlip(Fields):
    """The first token that differs, and how far it was from the runner-up."""

    token: int
    was: str
    now: str
    margin: float | str
    near: bool = False
    sample: int = 0


class SnapshotSample(Fields):
    """What a snapshot has of a sample: hidden characters are escapes, long texts lose their end."""

    finish: str = ""
    thinking_state: str = ""
    thinking: str = ""
    answer: str = ""
    left_out: int = 0


class SnapshotDifference(Fields):
    """How a sample differs from its snapshot."""

    environment: str | None = None
    """the snapshot's environment where it is another one, else null"""
    asked: bool = True
    """whether prompt, sampling, seed and samples are the snapshot's; if not, every sample of the
    case has `snapshot`"""
    flip: TokenFlip | None = None
    """the first `token` that differs, the id that it `was` and is `now`, its `margin`, and whether
    that is `near`; null where no tokens are known to differ"""
    was: SnapshotSample | None = None
    """`answer` (all of the text where there is no thinking), `thinking`, `finish` and
    `thinking_state` of the snapshot, escapes as there; null where this sample is the same, or has
    no snapshot"""

    @property
    def kinds(self) -> list[str]:
        """What explains the difference: a near tie, another environment; else it is a change."""
        near = self.asked and self.flip is not None and self.flip.near
        explains = {"near_tie": near, "drift": self.environment is not None}
        return [kind for kind, holds in explains.items() if holds] or ["strayed"]


class RecordedStep(Fields):
    """Two neighbours in the order of roles, compared over n units.

    `estimate` is how far the mean rises from the lower role to the upper. `p` is that of the
    sign-flip test where the sign is `<`; `drop` is the largest drop that is not ruled out where it
    is `<=`.
    """

    lower: str
    upper: str
    sign: str
    means: tuple[float, float]
    estimate: float
    n: int
    p: float | None = None
    drop: float | None = None
    passed: bool = False


class PromptScores(Fields):
    """A prompt, and by role how its replies are scored."""

    behavior: str
    prompt_id: str
    scores: dict[str, float]


class ReviewNote(Fields):
    """What a reviewer noted of a case in the page."""

    case: str
    decision: Literal["", "accept", "reject"] = ""
    note: str = ""
