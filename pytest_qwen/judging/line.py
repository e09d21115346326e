"""A reply recorded elsewhere, as a line of JSON, and the verdict of the trait that it names.

{"id": 1, "output": "结论：好。", "trait": "starts_with", "args": "结论：", "expected": true}
{"id": 2, "output": "2+2</think>4", "trait": "split_thinking", "template_opens_think": true}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from pytest_qwen.files.pydantic_messages import mistakes
from pytest_qwen.files.strict_json import read_json
from pytest_qwen.files.yaml_lines import Document, Problem, SpecError, refusal
from pytest_qwen.messages.names import shortened
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.thinking import split_thinking, text_pieces
from pytest_qwen.model_io.vocabulary import Of
from pytest_qwen.record.plain import plain
from pytest_qwen.spec.expectation import Group, Leaf, parse_expectation
from pytest_qwen.traits.verdict import Part

SPLIT = "split_thinking"
"""In the place of a trait: answer with the thinking and the answer of the output."""
LineModel = TypeVar("LineModel", bound=BaseModel)

Ended = Literal[Finish.STOP, Finish.LENGTH, Finish.NAN, Finish.OOM, Finish.TIMEOUT, Finish.ERROR]
"""Why a reply ended that was made elsewhere."""

_PARTS = ("thinking", "answer", "thinking_state")
LONGEST = 300
"""Characters of a wrong value that a message shows."""


class JudgeLine(BaseModel):
    """A line: what a model said, and what is asked of it. Other keys of a line are left aside.

    `trait` and `args` are as in YAML: the name, and what stands behind it. `any`, `all`, `none`
    and `not` are names too. `expected` is the verdict that is known: true or false, or the parts
    that `split_thinking` must answer.
    """

    model_config = ConfigDict(frozen=True)

    id: Any
    output: str
    trait: str
    args: Any = None
    of: Of | None = None
    prompt: str = ""
    template_opens_think: StrictBool = False
    finish: Ended = Finish.STOP
    mean_logprob: Annotated[float, Field(ge=-700, le=0)] | None = None  # exp() holds no more
    expected: Any = None

    @property
    def reply(self) -> Reply:
        """The output as a reply, its thinking told from its answer."""
        split = split_thinking(
            text_pieces(self.output), opened=self.template_opens_think, finish=self.finish
        )
        return Reply(
            text=self.output,
            thinking=split.thinking,
            answer=split.answer,
            thinking_state=split.state,
            finish=self.finish,
            mean_logprob=self.mean_logprob,
        )


@dataclass(frozen=True)
class LineAnswer:
    """What a line is answered: `fields` as they are written.

    `problem` says why a line could not be judged; its verdict is then null. `trait` and
    `expected` are the line's, `agrees` says whether the answer is the expected one, and is None
    where there is none.
    """

    fields: dict[str, Any]
    problem: Problem | None = None
    trait: str = ""
    expected: Any = None
    agrees: bool | None = None


def judge_line(text: bytes, path: str, number: int) -> LineAnswer:
    """Judge the line of JSON that stands at `number` in `path`; a bad one is answered as well."""
    name: Any = None
    trait, expected = "", None
    try:
        data = read_object(text)
        name = _key(data.get("id"))
        line = validated(JudgeLine, data)
        trait, expected = line.trait, line.expected
        return _judge(line)
    except SpecError as error:
        what = " ".join(error.problems[0].what.split())
    except Exception as error:  # noqa: BLE001 - a trait of a user's own may raise anything
        got = shortened(" ".join(f"{type(error).__name__}: {error}".split()), LONGEST)
        what = refusal(f"a verdict of {trait!r}", got, "see to the trait")
    fields = {"id": name, "passed": None, "evidence": plain({"error": what})}
    return LineAnswer(fields, Problem(path, number, what), trait, expected)


def read_object(text: bytes) -> dict[str, Any]:
    """Return the line's object without the keys that are null: these count as absent."""
    try:
        data = read_json(text)
    except UnicodeDecodeError as error:
        raise refused("UTF-8 text", error.reason) from None
    except ValueError as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else error
        raise refused("a JSON object", f"no JSON ({why})") from None
    if not isinstance(data, dict):
        raise refused("a JSON object", repr(data))
    return {key: value for key, value in data.items() if value is not None}


def validated(model: type[LineModel], data: dict[str, Any]) -> LineModel:
    """Return an object as a line of a kind.

    Raises:
        SpecError: a key is missing, or has another value than it may; the first is told.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistake = mistakes(error, model, data)[0]
        place = f" as {mistake.place!r}" if mistake.kind == "value" else ""
        raise refused(f"{mistake.expected}{place}", mistake.got, mistake.do) from None


def _judge(line: JudgeLine) -> LineAnswer:
    reply, known = line.reply, line.expected
    fields: dict[str, Any] = {"id": _key(line.id), "passed": None, "evidence": {}}
    if line.trait == SPLIT:
        if not isinstance(known, dict | None):
            raise refused(f"some of {', '.join(_PARTS)} as `expected`", repr(known))
        fields |= {name: str(getattr(reply, name)) for name in _PARTS}
        agrees = all(fields.get(name) == value for name, value in (known or {}).items())
        return LineAnswer(fields, None, line.trait, known, agrees)
    if not isinstance(known, bool | None):
        raise refused("true or false as `expected`", repr(known))
    asked = {line.trait: line.args} | ({"of": line.of} if line.of else {})
    verdict = _check(json.dumps(asked)).judge(Part.of_reply(reply, prompt=line.prompt))
    fields |= {"passed": verdict.passed, "evidence": plain(verdict.evidence())}
    return LineAnswer(fields, None, line.trait, known, verdict.passed == known)


def _key(value: Any) -> Any:
    """Return an id as it is written: a text as it came, so that answers find their lines."""
    if isinstance(value, dict | list):
        raise refused("text or a number as 'id'", type(value).__name__)
    return value if isinstance(value, str) else plain(value)


def refused(expected: str, got: str, do: str = "") -> SpecError:
    """Return the error of a line, whose place the caller knows."""
    return SpecError(Problem("", 0, refusal(expected, shortened(got, LONGEST), do)))


@lru_cache(1024)
def _check(asked: str) -> Leaf | Group:
    """Bind once what many lines ask for."""
    return parse_expectation(json.loads(asked), Document("", None, {(): 0}), ()).check
