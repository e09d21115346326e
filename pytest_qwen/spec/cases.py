"""From behaviors to cases, and from cases to requests; the same answer in every process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_qwen.files.yaml_lines import Problem, SpecError
from pytest_qwen.messages.names import nearest
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import ROLES, Role
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.expectation import Expectation, Leaf, leaves, parse_expectation, parse_measure
from pytest_qwen.spec.parameters import Filled, fill, fill_prompts
from pytest_qwen.traits.registry import BoundMeasure
from pytest_qwen.traits.verdict import Part


@dataclass(frozen=True)
class Held:
    """A case that another is compared with, the line that says so, and what is measured of both."""

    case: Case
    line: int
    measure: BoundMeasure | None = None

    @property
    def name(self) -> str:
        """The key that says so."""
        return "more_than" if self.measure else "same_as"

    @property
    def args(self) -> Any:
        """What stands behind the key, as a record has it."""
        prompt = self.case.prompt_id
        if self.measure is None:
            return prompt
        return {"prompt": prompt, "measure": str(self.measure), "of": self.measure.of}

    @property
    def version(self) -> str | None:
        """The version of the code that measures, None where nothing is measured."""
        return self.measure.version if self.measure else None


@dataclass(frozen=True)
class Case:
    """One pytest item: behavior × role × prompt, with the parameters filled in.

    `same_as` is the case whose verdicts this one must keep, `more_than` one whose replies must
    measure less.
    """

    behavior: Behavior
    role: Role
    prompt_id: str
    messages: tuple[Message, ...]
    expectations: tuple[Expectation, ...]
    sampling: Sampling
    template: Mapping[str, Any] = field(default_factory=dict)
    same_as: Held | None = None
    more_than: Held | None = None

    @property
    def id(self) -> str:
        """The id within the behavior: ASCII, the role first."""
        return f"{self.role}-{self.prompt_id}"

    @property
    def needs(self) -> tuple[str, ...]:
        """What a family must be able to do for this."""
        return self.behavior.fields.needs

    @property
    def leaves(self) -> list[Leaf]:
        """The traits of its expectations, where they stand, in their order."""
        return [leaf for expectation in self.expectations for leaf in leaves(expectation.check)]

    @property
    def held(self) -> list[Held]:
        """What it is compared with."""
        return [held for held in (self.same_as, self.more_than) if held]

    def requests(self, samples: int | None = None, seed: int | None = None) -> tuple[Request, ...]:
        """Return a request for each sample; `samples` and `seed` override the behavior's."""
        fields = self.behavior.fields
        first = Request(
            self.role,
            self.messages,
            self.behavior.prompt_as(self.role),
            self.sampling,
            fields.seed if seed is None else seed,
            template=self.template,
        )
        return tuple(replace(first, sample=i) for i in range(samples or fields.samples))

    def asks(self, samples: int | None = None) -> tuple[Request, ...]:
        """Return all that running the case asks: of the cases that it is compared with, too."""
        return (
            *self.requests(samples),
            *(request for held in self.held for request in held.case.requests(samples)),
        )

    def parts(self, replies: Sequence[Reply]) -> list[Part]:
        """Return what traits judge of replies, their answers cut as the behavior says."""
        asked, cut = self.requests(1)[0].asked, self.behavior.cut
        return [Part.of_reply(replace(r, answer=cut(r.answer)), prompt=asked) for r in replies]


def expand(behavior: Behavior) -> list[Case]:
    """Return the cases of a behavior: roles, prompts, parameters, then the sweep, as written.

    Raises:
        SpecError: a parameter is unknown or unused, a trait does not exist or not with these
            arguments, or a prompt is compared with one that does not exist.
    """
    fields, document = behavior.fields, behavior.document
    filled = fill_prompts(behavior)
    problems = _unknown_prompts(behavior)
    cases: list[Case] = []
    for role in (r for r in ROLES if r in fields.expect):
        if not fields.expect[role] and not fields.snapshot:
            do = "add a trait, or `snapshot: true`"
            problems.append(document.problem(("expect", role), "something to check", "none", do))
        checks = {
            repr(values): _expectations(behavior, role, values, problems)
            for values in {repr(prompt.values): prompt.values for prompt in filled}.values()
        }
        of_role = [case_of(behavior, role, p, checks[repr(p.values)]) for p in filled]
        cases += of_role if problems else _hold(behavior, filled, of_role, problems)
    if problems:
        raise SpecError(*dict.fromkeys(problems))
    return cases


def case_of(
    behavior: Behavior, role: Role, filled: Filled, expectations: tuple[Expectation, ...] = ()
) -> Case:
    """Return the case that asks a role a filled prompt."""
    template = fill(behavior.fields.template, filled.values)
    return Case(behavior, role, filled.id, filled.messages, expectations, filled.sampling, template)


def _unknown_prompts(behavior: Behavior) -> list[Problem]:
    """Return a problem for each prompt that is compared with itself or an unknown prompt."""
    problems = []
    ids = dict.fromkeys(prompt.id for prompt in behavior.fields.prompts)
    for i, prompt in enumerate(behavior.fields.prompts):
        more = prompt.more_than.prompt if prompt.more_than else None
        for key, name in (("same_as", prompt.same_as), ("more_than", more)):
            if name is not None and (name == prompt.id or name not in ids):
                others = [other for other in ids if other != prompt.id]
                do = nearest(name, others) if others else "add one"
                expected = "another prompt of the behavior"
                problems.append(
                    behavior.document.problem(("prompts", i, key), expected, repr(name), do)
                )
    return problems


def _hold(
    behavior: Behavior, filled: Sequence[Filled], cases: Sequence[Case], problems: list[Problem]
) -> Iterator[Case]:
    """Yield the cases of a role, each with those that it is compared with."""
    of = {(f.prompt.id, f.parameters, f.point): c for f, c in zip(filled, cases, strict=True)}
    number = {prompt.id: i for i, prompt in enumerate(behavior.fields.prompts)}
    document = behavior.document
    for asked, case in zip(filled, cases, strict=True):
        i, at = number[asked.prompt.id], (asked.parameters, asked.point)
        same, more = asked.prompt.same_as, None
        if more_than := asked.prompt.more_than:
            loc = ("prompts", i, "more_than")
            try:
                raw = fill(more_than.measure, asked.values)
                measure = parse_measure(raw, document, (*loc, "measure"))
                more = Held(of[more_than.prompt, *at], document.line(loc), measure)
            except SpecError as error:
                problems += error.problems
        line = document.line(("prompts", i, "same_as"))
        held = Held(of[same, *at], line) if same else None
        yield replace(case, same_as=held, more_than=more)


def _expectations(
    behavior: Behavior, role: Role, values: Mapping[str, Any], problems: list[Problem]
) -> tuple[Expectation, ...]:
    expectations = []
    for i, raw in enumerate(behavior.fields.expect[role]):
        loc = ("expect", role, i)
        try:
            expectations.append(parse_expectation(fill(raw, values), behavior.document, loc))
        except SpecError as error:
            problems += error.problems
    return tuple(expectations)
