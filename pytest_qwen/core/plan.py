"""From behaviors to cases, and from cases to requests; the same answer in every process."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_qwen.core.expect import Expectation, parse_expectation
from pytest_qwen.core.names import nearest
from pytest_qwen.core.reply import ROLES, Role
from pytest_qwen.core.sampling import Sampling
from pytest_qwen.core.source import Problem, SpecError
from pytest_qwen.core.spec import As, Behavior, Message

# `{{name}}` is how a spec with parameters writes `{name}` itself.
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}|\{(\{[A-Za-z_][A-Za-z0-9_]*\})\}")
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True)
class Request:
    """What an engine is asked for: one sample of one prompt.

    `messages` is a conversation; as `text`, its contents are joined by blank lines into a bare
    continuation. `sampling` is what the behavior says over the role's defaults. `thinking` is what
    the template is told as `enable_thinking`; None is whatever the family says of the role.
    `template` is what it is told besides, by name, and goes before `thinking`. `key`
    is the request's name in the store, given to it when all of this is known.
    """

    role: Role
    messages: tuple[Message, ...]
    prompt_as: As
    sampling: Sampling
    seed: int = 0
    sample: int = 0
    thinking: bool | None = None
    template: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the request as plain data, for another process."""
        return {
            "role": self.role,
            "messages": [message.model_dump() for message in self.messages],
            "prompt_as": self.prompt_as,
            "sampling": self.sampling.said(),
            "seed": self.seed,
            "sample": self.sample,
            "thinking": self.thinking,
            "template": dict(self.template),
            "key": self.key,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Request:
        """Rebuild a request from what `to_json` returned."""
        messages = tuple(Message(**message) for message in fields["messages"])
        sampling = Sampling(**fields["sampling"])
        return cls(**{**fields, "messages": messages, "sampling": sampling})

    @property
    def text(self) -> str:
        """The prompt as a bare text."""
        return "\n\n".join(message.content for message in self.messages)

    @property
    def asked(self) -> str:
        """What the person asked last: traits compare a reply with it."""
        users = [m.content for m in self.messages if m.role == "user"]
        return users[-1] if users and self.prompt_as == "chat" else self.text


@dataclass(frozen=True)
class Case:
    """One pytest item: behavior × role × prompt, with the parameters filled in."""

    behavior: Behavior
    role: Role
    prompt_id: str
    messages: tuple[Message, ...]
    expectations: tuple[Expectation, ...]
    template: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id within the behavior: ASCII, the role first."""
        return f"{self.role}-{self.prompt_id}"

    def requests(self, samples: int | None = None) -> tuple[Request, ...]:
        """Return a request for each sample; `samples` overrides the behavior's number."""
        fields = self.behavior.fields
        first = Request(
            self.role,
            self.messages,
            self.behavior.prompt_as(self.role),
            fields.sampling,
            fields.seed,
            0,
            template=self.template,
        )
        return tuple(replace(first, sample=i) for i in range(samples or fields.samples))


def expand(behavior: Behavior) -> list[Case]:
    """Return the cases of a behavior: roles first, then prompts, then parameters, as written.

    Raises:
        SpecError: a parameter is unknown or unused, or a trait does not exist or not with these
            arguments.
    """
    _check_parameters(behavior)
    fields, document = behavior.fields, behavior.document
    combinations = list(_combinations(fields.parameters))
    cases: list[Case] = []
    problems: list[Problem] = []
    for role in (r for r in ROLES if r in fields.expect):
        if not fields.expect[role] and not fields.snapshot:
            do = "add a trait, or `snapshot: true`"
            problems.append(document.problem(("expect", role), "something to check", "none", do))
        checks = [_expectations(behavior, role, values, problems) for values in combinations]
        cases += (
            Case(
                behavior,
                role,
                "-".join([prompt.id, *(_id(n, values, fields.parameters) for n in values)]),
                tuple(
                    m.model_copy(update={"content": _text(m.content, values)})
                    for m in prompt.conversation
                ),
                expectations,
                fill(fields.template, values),
            )
            for prompt in fields.prompts
            for values, expectations in zip(combinations, checks, strict=True)
        )
    twice = next((i for i, n in Counter(case.id for case in cases).items() if n > 1), None)
    if twice:
        do = "give the values other spellings"
        problems.append(document.problem(("parameters",), "one id a case", f"{twice!r} twice", do))
    if problems:
        raise SpecError(*dict.fromkeys(problems))
    return cases


def _expectations(
    behavior: Behavior, role: Role, values: dict[str, Any], problems: list[Problem]
) -> tuple[Expectation, ...]:
    found = []
    for i, raw in enumerate(behavior.fields.expect[role]):
        try:
            filled = fill(raw, values)
            found.append(parse_expectation(filled, behavior.document, ("expect", role, i)))
        except SpecError as error:
            problems += error.problems
    return tuple(found)


def fill(raw: Any, values: dict[str, Any]) -> Any:
    """Replace `{name}` in every text of a node; a text that is only `{n}` becomes the value."""
    if isinstance(raw, dict):
        return {key: fill(value, values) for key, value in raw.items()}
    if isinstance(raw, list):
        return [fill(item, values) for item in raw]
    if not isinstance(raw, str):
        return raw
    whole = _PLACE.fullmatch(raw)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _text(raw, values)


def _text(text: str, values: dict[str, Any]) -> str:
    if not values:
        return text
    return _PLACE.sub(lambda m: m[2] or str(values.get(m[1], m[0])), text)


def _combinations(parameters: dict[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for combination in itertools.product(*parameters.values()):
        yield dict(zip(parameters, combination, strict=True))


def _id(name: str, values: dict[str, Any], parameters: dict[str, tuple[Any, ...]]) -> str:
    """Return a value as part of an id; what is not plain ASCII becomes name and number."""
    plain = str(values[name])
    return plain if _PLAIN.fullmatch(plain) else f"{name}{parameters[name].index(values[name])}"


def _check_parameters(behavior: Behavior) -> None:
    """Where parameters are declared, every `{name}` must be one of them, and each must be used."""
    fields, document = behavior.fields, behavior.document
    if not fields.parameters:
        return
    used: set[str] = set()
    problems: list[Problem] = []
    for loc in document.lines:
        node = document.data
        for step in loc:
            node = node[step]
        if isinstance(node, str) and loc[:1] in (("prompts",), ("expect",), ("template",)):
            names = {name for name, _ in _PLACE.findall(node) if name}
            used |= names
            problems += (
                document.problem(
                    loc, "a declared parameter", f"{{{n}}}", nearest(n, fields.parameters)
                )
                for n in sorted(names - set(fields.parameters))
            )
    for name in fields.parameters:
        if name not in used:
            do = f"write {{{name}}} in a prompt or a trait, or remove it"
            problems.append(
                document.problem(("parameters", name), f"{{{name}}} used", "no use", do)
            )
    if problems:
        raise SpecError(*problems)
