"""A checkpoint on a device of this machine: requests in, replies out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import torch

from pytest_qwen.engine import EngineError, Failure, Options, Outcome, key_of
from pytest_qwen.engine.local.budget import CLOSING, Budget
from pytest_qwen.engine.local.deadline import Hung, deadline
from pytest_qwen.engine.local.lane import Lane
from pytest_qwen.engine.local.load import load
from pytest_qwen.engine.local.reference import ReferenceLane
from pytest_qwen.engine.local.row import Row
from pytest_qwen.engine.local.slots import SlotLane, is_dense, opened
from pytest_qwen.engine.local.watch import watch
from pytest_qwen.family.template import TemplateError
from pytest_qwen.messages.names import nearest
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Finish, Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.thinking import Split, id_pieces, split_thinking

MAX_ROWS = 64


class LocalGeneration:
    """A checkpoint, loaded when this is made; see `engine.Generation`.

    Args:
        path: the checkpoint's folder.
        device: where it runs.
        dtype: its number format.
        options: how it generates.
        slots: ask whether the slot lane holds; without, take the reference lane.
    """

    def __init__(
        self,
        path: Path,
        device: str,
        dtype: str,
        options: Options | None = None,
        *,
        slots: bool = True,
    ) -> None:
        self._loaded = load(path, device, dtype)
        self._options = options or Options()
        self._rows = self._options.rows or MAX_ROWS
        torch.set_num_threads(self._loaded.threads)
        self._lane, self._why = self._open(slots)
        self._waiting: OrderedDict[str, Row] = OrderedDict()
        self._in: dict[str, Row] = {}  # what waits and what is under way
        self._failed: list[Outcome] = []
        self._alone: set[str] = set()  # rows that failed together, and are tried one by one
        self._drawn = 0  # tokens of replies that are out

    @property
    def tokens(self) -> int:
        """How many tokens were drawn so far."""
        return self._drawn + sum(len(row.new) for row in self._lane.rows)

    def _open(self, slots: bool) -> tuple[Lane, Reason]:
        """Return the slot lane where it holds, else the reference lane; and why.

        In the latter, models that are not plain attention are answered one by one: what experts and
        linear attention compute for a row can depend on how many rows there are.
        """
        if not slots:
            return ReferenceLane(self._loaded, self._rows), Reason("lane.reference_chosen")
        try:
            lane = opened(self._loaded, self._rows)
        except torch.OutOfMemoryError as error:
            raise EngineError(f"no memory to generate on {self._loaded.model.device}") from error
        if isinstance(lane, SlotLane):
            return lane, Reason("lane.slot")
        if self._options.exact and not is_dense(self._loaded.model):
            self._rows = 1
        return ReferenceLane(self._loaded, self._rows), lane

    @property
    def lane(self) -> str:
        """Which lane answers: `slot` or `reference`."""
        return "reference" if isinstance(self._lane, ReferenceLane) else "slot"

    @property
    def notes(self) -> Sequence[Reason]:
        """Which lane serves and why, and how linear layers multiply where that is a choice."""
        return [self._why, *self._loaded.notes]

    @property
    def left(self) -> int:
        """How many requests have no outcome yet."""
        return len(self._in) + len(self._failed)

    def submit(self, requests: Sequence[Request], *, first: bool = False) -> None:
        """Put requests in line; `first` before those that wait already."""
        for request in reversed(requests) if first else requests:
            key = request.key
            if key not in self._in:
                try:
                    self._waiting[key] = self._in[key] = self._row(request)
                except EngineError as error:
                    self._failed.append(Failure(key, str(error)))
                    continue
            if first and key in self._waiting:
                self._waiting.move_to_end(key, last=False)

    def step(self) -> list[Outcome]:
        """Work for a while and return what ended."""
        torch.set_num_threads(self._loaded.threads)
        if self._alone and self._alone.isdisjoint(self._in):
            self._lane.resize(self._rows)  # none of them fails: the error will not come again
            self._alone = set()
        outcomes, self._failed = self._failed, []
        failed = None
        try:
            with deadline(2 * self._options.seconds):
                ended = self._lane.step(self._waiting)
            outcomes += map(self._reply, ended)
        except Hung:  # rows look at the time themselves, unless what they wait for never returns
            outcomes += self._given_up(Finish.TIMEOUT, self._abandoned(outcomes))
        except Exception as error:  # noqa: BLE001 - torch's, or the model's own code
            failed = error.with_traceback(None)  # which would keep the tensors of the step
        except BaseException:  # interrupted: whoever asks again finds all rows in line
            self._again(self._abandoned(outcomes))
            self._failed += outcomes
            raise
        if failed:
            outcomes += self._mend(failed, self._abandoned(outcomes))
        for outcome in outcomes:
            if row := self._in.pop(key_of(outcome), None):
                self._drawn += len(row.new)
        return outcomes

    def _abandoned(self, outcomes: Sequence[Outcome]) -> list[Row]:
        """Make the lane give up what is under way, and return it, but for what has an outcome."""
        self._lane.abandon()
        done = self._waiting.keys() | set(map(key_of, outcomes))
        return [row for key, row in self._in.items() if key not in done]

    def _again(self, rows: Sequence[Row]) -> None:
        """Put rows back in line, before all others, to begin anew."""
        for row in reversed(rows):
            key = row.request.key
            self._waiting[key] = self._in[key] = row.again()
            self._waiting.move_to_end(key, last=False)

    def _mend(self, error: Exception, rows: Sequence[Row]) -> list[Outcome]:
        """Go on with a smaller batch; what fails alone has failed.

        Where memory ran out the batch is halved for good. Any other error may be one row's, so
        rows are tried alone until it is found, or all have ended.
        """
        no_memory = _out_of_memory(error)
        if len(rows) > 1:
            self._again(rows)
            if no_memory:
                self._rows = len(rows) // 2
            else:
                self._alone = {row.request.key for row in rows}
            self._lane.resize(self._rows if no_memory else 1)
            return []
        self._lane.resize(self._rows)
        self._alone = set()
        if no_memory:
            return self._given_up(Finish.OOM, rows)
        message = f"the model failed on {self._loaded.model.device}: {error}"
        return [Failure(row.request.key, message) for row in rows]

    def _given_up(self, finish: Finish, rows: Sequence[Row]) -> list[Outcome]:
        """Let rows end with what they have said."""
        for row in rows:
            row.finish = finish
        return list(map(self._reply, rows))

    def _row(self, request: Request) -> Row:
        prompt = self._prompt_ids(request)
        look = watch(request.sampling.stop_strings or (), self._decode)
        budget = self._budget(request, prompt)
        return Row(request, prompt, self._options.seconds, look, thinking=budget)

    def _budget(self, request: Request, prompt: Sequence[int]) -> Budget | None:
        """Return the budget of a thought; None without one, or where nothing can be opened."""
        tokens, tags = request.sampling.thinking_budget, self._loaded.protocol.tags
        if tokens is None or tags.open is None or tags.close is None:
            return None
        text = CLOSING.format(close=self._loaded.protocol.tag_texts[1])
        closing = self._loaded.tokenizer(text, add_special_tokens=False)["input_ids"]
        if tags.close not in closing:
            raise EngineError("expected a tokenizer that reads </think> as one token, got another")
        opened = self._last_tag(prompt) == tags.open
        return Budget(tokens, closing, tags.open, tags.close, opened, tags.tool)

    def _prompt_ids(self, request: Request) -> list[int]:
        text = self._render(request) if request.prompt_as == "chat" else request.text
        try:
            ids: list[int] = self._loaded.tokenizer(text, add_special_tokens=False)["input_ids"]
        except Exception as error:  # a lone surrogate, which is no text
            raise EngineError(f"the prompt cannot be tokenized: {error}") from error
        if not ids:
            raise EngineError("expected a prompt, got one that has no token")
        return ids

    def _render(self, request: Request) -> str:
        template = self._loaded.template
        if template is None:
            raise EngineError("expected a chat template, got none: ask with `prompt_as` text")
        thinking = {} if request.thinking is None else {"enable_thinking": request.thinking}
        variables = {**self._loaded.named_tokens, **thinking, **request.template}
        messages = [message.model_dump() for message in request.messages]
        try:
            inert = sorted(request.template.keys() - template.variables)
            if inert:
                raise EngineError(
                    f"{template.file}: expected under `template` what the chat template reads, "
                    f"got {inert[0]!r}, which it ignores: {nearest(inert[0], template.variables)}"
                )
            return template.render(messages, **variables)
        except TemplateError as error:
            raise EngineError(str(error)) from error

    def _reply(self, row: Row) -> Reply:
        request, finish = row.request, row.finish or Finish.ERROR
        split = self._split(row.prompt, row.new, finish)
        budget = self._budget(request, row.prompt)
        return Reply(
            text=self._decode(row.new),
            token_ids=tuple(row.new),
            margins=tuple(round(margin, 4) for margin in row.margins),
            mean_logprob=row.mean_logprob,
            thinking=split.thinking,
            answer=split.answer,
            thinking_state=split.state,
            finish=finish,
            n_prompt_tokens=len(row.prompt),
            n_thinking_tokens=split.n_thinking_tokens
            - (budget.n_forced_thinking(row.new) if budget else 0),
            thinking_cut=budget is not None and budget.n_forced(row.new) > 0,
            seed=request.seed,
            sample=request.sample,
            request_key=request.key,
            lane="+".join(note.code for note in self.notes),
        )

    def _split(self, prompt: Sequence[int], ids: Sequence[int], finish: Finish) -> Split:
        """Tell thinking and answer apart; the prompt's end may have opened or closed a block."""
        tags, last = self._loaded.protocol.tags, self._last_tag(prompt)
        return split_thinking(
            id_pieces(ids, tags, self._decode),
            opened=last is not None and last == tags.open,
            pre_closed=last is not None and last == tags.close,
            finish=finish,
        )

    def _last_tag(self, prompt: Sequence[int]) -> int | None:
        """Return the id of the think tag with which a prompt ends, None where none does."""
        tags = self._loaded.protocol.tags
        places = [i for i, token in enumerate(prompt) if token in (tags.open, tags.close)]
        at_end = bool(places) and not self._decode(prompt[places[-1] + 1 :]).strip()
        return prompt[places[-1]] if at_end else None

    def _decode(self, ids: Sequence[int]) -> str:
        text: str = self._loaded.tokenizer.decode(
            list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        return text


def _out_of_memory(error: Exception) -> bool:
    """Say whether torch had no memory left: on a CPU only the text says it."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
