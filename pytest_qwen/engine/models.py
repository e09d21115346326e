"""The models of a family, loaded on first use, with the store in front of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pytest_qwen.engine import Engine, EngineError, Failure, NoRoom, Options
from pytest_qwen.engine.environment import Environment, environment, resolve
from pytest_qwen.engine.generator import Generator, LocalGenerator
from pytest_qwen.engine.store import Store, StoreError
from pytest_qwen.engine.tally import Tell
from pytest_qwen.family.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from pytest_qwen.family.family import Family
from pytest_qwen.files.pydantic_messages import checked
from pytest_qwen.messages.names import nearest
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import As, Role

ENGINE_VERSION = 4
"""Raised when the same request gives another text than before."""

CHANGED = (
    "expected the files that this run began with, got others: run again when nothing writes there"
)
"""What is said of a checkpoint that was replaced: its replies would be kept under another's key."""

DEFAULTS = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, max_new_tokens=512)
"""Below everything that checkpoint, family and behavior say: the model's own distribution."""


class Models:
    """A family's models. One copy of a checkpoint serves every role that is bound to it.

    Args:
        family: which checkpoint plays which role.
        store: where replies are looked up and kept.
        planned: gives the requests that the run will make, in order: they are generated together.
        options: how engines generate.
        generator: given this object, opens what answers; one in this process when it is None.
        seed_offset: is added to every seed: other samples of the same suite.
        tell: is told how far generation in this process is.
        device: where engines run, instead of the first device of a role.
    """

    def __init__(
        self,
        family: Family,
        store: Store | None = None,
        *,
        planned: Callable[[], Iterable[Request]] = tuple,
        options: Options | None = None,
        generator: Callable[[Models], Generator] | None = None,
        seed_offset: int = 0,
        tell: Tell | None = None,
        device: str = "",
    ) -> None:
        self.family, self.store, self._device = family, store, device
        self._planned, self._options = planned, options or Options()
        self._generator = generator(self) if generator else None
        self._tell, self._seed_offset = tell, seed_offset
        self._engines: dict[tuple[Any, ...], Engine] = {}
        self._checkpoints: dict[tuple[Any, ...], Checkpoint] = {}

    def __getitem__(self, role: Role) -> Model:
        return Model(role, self)

    def replies(self, requests: Sequence[Request]) -> list[Reply]:
        """Answer requests, from the store where it can, in their order.

        Raises:
            CheckpointError: a role has no checkpoint, or it is missing or unsafe.
            EngineError: the checkpoint cannot be loaded.
            StoreError: the store cannot be read or written.
        """
        complete = [self.complete(request) for request in requests]
        found = self.store.get(request.key for request in complete) if self.store else {}
        misses = {r.key: r for r in complete if r.key not in found}
        if misses:
            self._generator = self._generator or self._local_generator()
            outcomes = list(self._generator.answers(list(misses.values())))
            if failed := [one for one in outcomes if isinstance(one, Failure)]:
                raise (StoreError if failed[0].of_store else EngineError)(failed[0].message)
            found |= {r.request_key: r for r in outcomes if isinstance(r, Reply)}
        return [replace(found[r.key], seed=r.seed, sample=r.sample) for r in complete]

    def missing(self) -> list[Request]:
        """Return the planned requests, complete, that the store does not answer, in their order.

        Those of a role whose checkpoint cannot be used are left out: who asks for them is told.
        """
        complete = []
        for request in self._planned():
            with suppress(CheckpointError):
                complete.append(self.complete(request))
        kept = self.store.keys({request.key for request in complete}) if self.store else set()
        return [request for request in complete if request.key not in kept]

    def _local_generator(self) -> LocalGenerator:
        generator = LocalGenerator(self, self.store, self._tell)
        generator.plan(self.missing())
        return generator

    def complete(self, request: Request) -> Request:
        """Fill what a request leaves open from the layers below it, and give it its key.

        The key is a hash of all that the text depends on, and of nothing else: not of what is
        expected of it, nor of a release. The fingerprint in it covers the files of the tokenizer
        and the template, so that the messages stand for the prompt's token ids and replay loads
        no tokenizer. A bare text has no use for a template's switches, and greedy decoding none
        for a seed.
        """
        checkpoint, binding = self.checkpoint(request.role), self.family.roles[request.role]
        below = binding.sampling.over(checkpoint.sampling.over(DEFAULTS))
        sampling = request.sampling.over(below)
        thinking = (
            self.family.thinking(request.role) if request.thinking is None else request.thinking
        )
        chat = request.prompt_as == "chat"
        template = {**binding.template, **request.template} if chat else {}
        seed = (request.seed + self._seed_offset) % 2**63
        parts = {
            "engine": ENGINE_VERSION,
            "exact": self._options.exact,
            "environment": vars(self.environment(request.role)),
            "fingerprint": checkpoint.fingerprint,
            "as": request.prompt_as,
            "prompt": [m.model_dump() for m in request.messages] if chat else request.text,
            "switches": {"enable_thinking": thinking, **template} if chat else {},
            "sampling": sampling.said(),
            "draw": [seed, request.sample] if sampling.temperature else None,
        }
        key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
        said = {"sampling": sampling, "thinking": thinking, "template": template, "seed": seed}
        return replace(request, key=key, **said)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the store and let go of the models."""
        if self._generator:
            self._generator.close()
        self._engines.clear()
        if self.store:
            self.store.close()

    def environment(self, role: Role) -> Environment:
        """Describe where the role's replies are generated.

        Raises:
            CheckpointError: the number format is the checkpoint's, and that is not usable.
        """
        binding = self.family.roles[role]
        dtype = self.checkpoint(role).dtype if binding.dtype == "auto" else binding.dtype
        return environment(binding.device[0], dtype)

    def checkpoint(self, role: Role) -> Checkpoint:
        """Return the role's checkpoint, found and checked.

        Raises:
            CheckpointError: the family does not have the role, or its checkpoint is not usable.
        """
        if role not in self.family.roles:
            raise CheckpointError(
                f"expected a checkpoint for the role {role}, got none in the family "
                f"{self.family.name}: bind one with --qwen-model {role}=CHECKPOINT"
            )
        binding = self.family.roles[role]
        name = (binding.checkpoint, binding.hub)
        if name not in self._checkpoints:
            self._checkpoints[name] = open_checkpoint(binding, self.family)
        return self._checkpoints[name]

    def any_usable(self) -> bool:
        """Say whether any role's checkpoint can be found, and is safe."""
        for role in self.family.roles:
            with suppress(CheckpointError):
                return bool(self.checkpoint(role))
        return False

    def engine(self, role: Role) -> Engine:
        """Return the engine of a role's checkpoint, which is loaded once.

        Raises:
            CheckpointError: see `checkpoint`.
            EngineError: it cannot be loaded; `NoRoom` if it could without the others.
        """
        try:
            from pytest_qwen.engine.local import LocalEngine, fits  # imports torch
        except ModuleNotFoundError as error:
            raise EngineError(
                f"expected {error.name}, which generates replies, got it not installed: "
                "type `pip install 'pytest-qwen[local]'`"
            ) from None
        checkpoint, binding = self.checkpoint(role), self.family.roles[role]
        name = (checkpoint.path, self._device or resolve(binding.device[0]), binding.dtype)
        if name not in self._engines:
            if self._engines and not fits(*name, saved=checkpoint.dtype):
                raise NoRoom(f"{checkpoint.path}: no memory beside other models")
            engine = LocalEngine(*name, self._options)
            now = open_checkpoint(binding, self.family)
            if now.fingerprint != checkpoint.fingerprint:
                raise EngineError(f"{checkpoint.path}: {CHANGED}")
            self._engines[name] = engine
        return self._engines[name]

    def release(self) -> None:
        """Let go of all engines."""
        self._engines.clear()


OPTIONS = {"sample", "seed", "template", "thinking"}
"""What `Model.chat` takes besides sampling parameters."""


@dataclass(frozen=True)
class Model:
    """One role of a family, to talk to: what the fixtures `qwen_base`, `qwen_instruct`, … are."""

    role: Role
    models: Models

    def chat(self, prompt: str | Sequence[Message | dict[str, str]], **options: Any) -> Reply:
        """Answer a prompt through the chat template.

        Args:
            prompt: what the user says, or the messages of a conversation.
            options: `seed`, `sample`, `thinking`, `template`, and sampling parameters by their
                names.

        Raises:
            TypeError: an option is unknown.
            ValueError: a message or a sampling parameter is not valid; says what is.
        """
        return self._reply(prompt, "chat", options)

    def complete(self, prompt: str, **options: Any) -> Reply:
        """Continue a bare text; see `chat` for the options."""
        return self._reply(prompt, "text", options)

    def _reply(self, prompt: str | Sequence[Any], prompt_as: As, options: dict[str, Any]) -> Reply:
        for name in options.keys() - Sampling.model_fields.keys() - OPTIONS:
            hint = nearest(name, Sampling.model_fields.keys() | OPTIONS)
            raise TypeError(f"expected an option of a request, got {name!r}: {hint}")
        sampling = checked(
            Sampling, {name: options.pop(name) for name in Sampling.model_fields.keys() & options}
        )
        conversation = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        messages = tuple(checked(Message, message) for message in conversation)
        request = Request(self.role, messages, prompt_as, sampling, **options)
        return self.models.replies([request])[0]
