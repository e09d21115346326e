"""Requests in, replies out, by transformers' `generate` in batches that do not change a text.

A row's numbers depend on how far its batch makes it be padded, so rows are only put together when
their prompts end in the same multiple of 32 tokens; then a prompt is padded alike in every batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import torch

from pytest_qwen.core.plan import Request
from pytest_qwen.core.reply import Finish, Reply
from pytest_qwen.core.thinking import Split, id_pieces, split_thinking
from pytest_qwen.engine import EngineError
from pytest_qwen.engine.local.load import load
from pytest_qwen.engine.local.sampling import SeededSampling

BUCKET = 32
"""Prompts are padded to the next multiple of this: always at least by one token, because
`generate` drops a mask that has no padding and then takes other kernels."""

MAX_ROWS = 32


class LocalEngine:
    """A checkpoint on a device of this machine, loaded when it is made; see `engine.Engine`."""

    def __init__(self, path: Path, device: str, dtype: str) -> None:
        self._loaded = load(path, device, dtype)
        self._device = device

    def generate(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """Yield the reply of every request as soon as its batch is done.

        Raises:
            EngineError: the template or the model fails on a prompt.
        """
        prompts = {request.key: self._prompt_ids(request) for request in requests}

        def bucket(request: Request) -> int:
            return (len(prompts[request.key]) // BUCKET + 1) * BUCKET

        for length, group in groupby(sorted(requests, key=bucket), bucket):
            rows = list(group)
            for start in range(0, len(rows), MAX_ROWS):
                batch = rows[start : start + MAX_ROWS]
                try:
                    yield from self._batch(batch, [prompts[r.key] for r in batch], length)
                except RuntimeError as error:  # torch's, out of memory among them
                    raise EngineError(f"the model failed on {self._device}: {error}") from error

    def _prompt_ids(self, request: Request) -> list[int]:
        text = self._render(request) if request.prompt_as == "chat" else request.text
        ids: list[int] = self._loaded.tokenizer(text, add_special_tokens=False)["input_ids"]
        if not ids:
            raise EngineError("expected a prompt, got one that has no token")
        return ids

    def _render(self, request: Request) -> str:
        said = {} if request.thinking is None else {"enable_thinking": request.thinking}
        messages = [message.model_dump() for message in request.messages]
        try:
            text: str = self._loaded.tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, **said
            )
        except Exception as error:
            raise EngineError(f"the chat template cannot be rendered: {error}") from error
        return text

    @torch.inference_mode()
    def _batch(
        self, requests: Sequence[Request], prompts: Sequence[list[int]], length: int
    ) -> list[Reply]:
        """Generate one batch; `length` is the padded length of its prompts."""
        loaded = self._loaded
        torch.set_num_threads(loaded.threads)
        pad = [length - len(ids) for ids in prompts]
        ids = [[loaded.pad_id] * n + list(p) for n, p in zip(pad, prompts, strict=True)]
        mask = [[0] * n + [1] * len(p) for n, p in zip(pad, prompts, strict=True)]
        attention_mask = torch.tensor(mask, device=self._device)
        stop_id = loaded.stop_ids[0]
        draw = SeededSampling(requests, length, attention_mask, stop_id)
        budget = max(request.sampling.max_new_tokens or 1 for request in requests)
        output = loaded.model.generate(
            input_ids=torch.tensor(ids, device=self._device),
            attention_mask=attention_mask,
            logits_processor=[draw],
            do_sample=False,
            max_new_tokens=budget,
            eos_token_id=list(loaded.stop_ids),
            pad_token_id=loaded.pad_id,
        )
        return [
            self._reply(request, prompts[row], output[row, length:].tolist(), row in draw.nan)
            for row, request in enumerate(requests)
        ]

    def _reply(self, request: Request, prompt: list[int], new: list[int], nan: bool) -> Reply:
        loaded = self._loaded
        budget = request.sampling.max_new_tokens or 1
        end = next((i for i, token in enumerate(new) if token in loaded.stop_ids), len(new))
        finish = Finish.STOP if end < min(len(new), budget) else Finish.LENGTH
        ids = new[: min(end, budget)]
        split = self._split(prompt, ids, finish)
        return Reply(
            text=self._decode(ids),
            token_ids=tuple(ids),
            thinking=split.thinking,
            answer=split.answer,
            thinking_state=split.state,
            finish=Finish.NAN if nan else finish,
            n_prompt_tokens=len(prompt),
            n_thinking_tokens=split.n_thinking_tokens,
            seed=request.seed,
            sample=request.sample,
            request_key=request.key,
        )

    def _split(self, prompt: list[int], ids: list[int], finish: Finish) -> Split:
        """Tell thinking and answer apart; the prompt's end may have opened or closed a block."""
        tags = self._loaded.tags
        places = [i for i, token in enumerate(prompt) if token in (tags.open, tags.close)]
        at_end = bool(places) and not self._decode(prompt[places[-1] + 1 :]).strip()
        last = prompt[places[-1]] if at_end else None
        return split_thinking(
            id_pieces(ids, tags, self._decode),
            opened=last is not None and last == tags.open,
            pre_closed=last is not None and last == tags.close,
            finish=finish,
        )

    def _decode(self, ids: Sequence[int]) -> str:
        text: str = self._loaded.tokenizer.decode(
            list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        return text
