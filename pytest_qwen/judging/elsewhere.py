"""Replies that were made elsewhere: a line of JSON each, found again by what it answers.

{"behavior": "greeting", "role": "instruct", "prompt_id": "zh", "sample": 0, "text": "你好！"}
{"behavior": "greeting", "role": "reasoning", "prompt": "你好！", "thinking": "…", "answer": "好"}

Lines of a record, and of `pytest-qwen store export`, are such lines too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from pytest_qwen.files.yaml_lines import Problem, SpecError
from pytest_qwen.judging.line import Ended, read_object, refused, validated
from pytest_qwen.messages.names import nearest
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.thinking import split_thinking, text_pieces
from pytest_qwen.model_io.vocabulary import Role
from pytest_qwen.record.codec import from_data
from pytest_qwen.record.parts import RecordedReply
from pytest_qwen.record.reading import read_header
from pytest_qwen.record.schema import RunLine
from pytest_qwen.spec.cases import Case


class ReplyKey(NamedTuple):
    """What a reply answers; the seed is that of the request, comparisons may ask with their own."""

    behavior: str
    role: str
    prompt_id: str
    seed: int
    sample: int


class Answered(BaseModel):
    """What a line says that it answers."""

    model_config = ConfigDict(frozen=True)

    behavior: str
    role: Role
    prompt_id: str | None = None
    prompt: str | None = None
    sample: Annotated[StrictInt, Field(ge=0)] = 0
    seed: StrictInt | None = None


class ReplyLine(Answered):
    """A line: what is answered, and the reply. `--template` writes the last keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str | None = None
    thinking: str = ""
    answer: str | None = None
    template_opens_think: StrictBool = False
    finish: Ended = Finish.STOP
    mean_logprob: Annotated[float, Field(ge=-700, le=0)] | None = None
    sampling: Any = None
    messages: Any = None
    rendered: Any = None

    @property
    def reply(self) -> Reply:
        """The reply, its thinking told from its answer."""
        text = self.text
        if text is None:
            closed = f"\n</think>\n\n{self.answer}" if self.answer else ""
            text = f"<think>\n{self.thinking}{closed}" if self.thinking else self.answer or ""
        split = split_thinking(
            text_pieces(text), opened=self.template_opens_think, finish=self.finish
        )
        return Reply(
            text=text,
            thinking=split.thinking,
            answer=split.answer,
            thinking_state=split.state,
            finish=self.finish,
            mean_logprob=self.mean_logprob,
        )


class Answers:
    """The requests of a suite, and the replies to them.

    Args:
        asked: what is asked: each case with one of its requests, complete.
    """

    def __init__(self, asked: Iterable[tuple[Case, Request]]) -> None:
        self.replies: dict[ReplyKey, Reply] = {}
        self.requests: dict[ReplyKey, Request] = {}
        self.run: RunLine | None = None
        """The header of the replies where they are a record: it knows whose they are."""
        self.others = 0
        """How many lines of a store's export are replies to other requests."""
        self._cases: dict[tuple[str, str], dict[str, Case]] = {}
        self._keys: dict[tuple[str, str, str], list[ReplyKey]] = {}
        self._by_request: dict[str, list[ReplyKey]] = {}
        for case, request in asked:
            key = reply_key(case, request)
            if key not in self.requests:
                self.requests[key] = request
                self._cases.setdefault(key[:2], {})[case.prompt_id] = case
                self._keys.setdefault(key[:3], []).append(key)
                self._by_request.setdefault(request.key, []).append(key)

    def add(self, text: bytes, path: str, number: int) -> Problem | None:
        """Take a line; return what is wrong with it.

        Raises:
            RecordError: it is the header of a record that cannot be read.
        """
        try:
            data = read_object(text)
            if data.get("kind") == "run":
                self.run = self.run or read_header(path, number, text)
            for key, reply in self._read(data):
                if key in self.replies:
                    which = f"{key.behavior}, {key.role}, {key.prompt_id}, sample {key.sample}"
                    raise refused("one reply to a request", f"another to {which}", "remove one")
                self.replies[key] = replace(reply, seed=key.seed, sample=key.sample)
        except SpecError as error:
            return error.problems[0]._replace(path=path, line=number)
        return None

    def _read(self, data: dict[str, Any]) -> Iterator[tuple[ReplyKey, Reply]]:
        if "kind" in data:  # of a record
            if data["kind"] == "sample" and isinstance(data.get("reply"), dict):
                reply = _reply(data["reply"])
                named = {name: data.get(name) for name in ("behavior", "role", "prompt_id", "seed")}
                yield self._key(validated(Answered, {**named, "sample": reply.sample})), reply
        elif "behavior" not in data and "request_key" in data:  # of a store
            keys = self._by_request.get(str(data["request_key"]), [])
            self.others += not keys
            for key in keys:
                yield key, _reply(data)
        else:
            line = validated(ReplyLine, data)
            in_parts = line.answer is not None or bool(line.thinking)
            if in_parts == (line.text is not None):
                got, do = ("both", "leave one out") if in_parts else ("neither", "add the reply")
                raise refused("`text`, or `thinking` and `answer`", got, do)
            yield self._key(line), line.reply

    def _key(self, line: Answered) -> ReplyKey:
        """Return what a line answers.

        Raises:
            SpecError: nothing asks for that.
        """
        prompt_id = self._prompt_id(line)
        keys = self._keys[line.behavior, line.role, prompt_id]
        seed = keys[0].seed if line.seed is None else line.seed
        key = ReplyKey(line.behavior, line.role, prompt_id, seed, line.sample)
        if key not in self.requests:
            samples = [other.sample for other in keys if other.seed == seed]
            if not samples:
                seeds = " or ".join(map(str, dict.fromkeys(key.seed for key in keys)))
                raise refused(f"a reply to the seed {seeds}", str(seed), "see --seed-offset")
            raise refused(f"a sample from 0 to {max(samples)}", str(line.sample), "see --samples")
        return key

    def _prompt_id(self, line: Answered) -> str:
        cases = self._cases.get((line.behavior, line.role))
        if cases is None:
            roles = [role for behavior, role in self._cases if behavior == line.behavior]
            if roles:
                do = f"it asks {', '.join(roles)}"
                raise refused(f"a role that {line.behavior} asks", repr(line.role), do)
            behaviors = {behavior for behavior, _ in self._cases}
            do = nearest(line.behavior, behaviors) if behaviors else "none is asked"
            raise refused("a behavior of the files", repr(line.behavior), do)
        if line.prompt_id is None:
            texts = {case.messages[-1].content: name for name, case in cases.items()}
            if line.prompt not in texts:
                got = "none" if line.prompt is None else repr(line.prompt)
                raise refused(f"a prompt of {line.behavior}", got, "name it by its `prompt_id`")
            return texts[line.prompt]
        if line.prompt_id not in cases:
            do = nearest(line.prompt_id, cases)
            raise refused(f"a prompt of {line.behavior}", repr(line.prompt_id), do)
        return line.prompt_id


def reply_key(case: Case, request: Request) -> ReplyKey:
    """Return what a reply to a request of a case answers."""
    return ReplyKey(case.behavior.name, request.role, case.prompt_id, request.seed, request.sample)


def _reply(fields: dict[str, Any]) -> Reply:
    """Return a reply that a run made, from a record or from the store."""
    try:
        from_data(RecordedReply, fields)
    except ValueError as error:
        raise SpecError(Problem("", 0, f"the reply: {error}")) from None
    try:
        return Reply.from_json({k: v for k, v in fields.items() if k in Reply.__slots__})
    except (TypeError, ValueError) as error:
        raise refused("the reply of a record", str(error)) from None
