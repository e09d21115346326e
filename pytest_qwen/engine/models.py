"""The models of a family, loaded on first use, with the store in front of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pytest_qwen.engine import Engine, EngineError, Failure, Generation, Identity, Options
from pytest_qwen.engine.generator import Generator, LocalGenerator
from pytest_qwen.engine.store import Store, StoreError
from pytest_qwen.engine.tally import Tell
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.family.engines import engines
from pytest_qwen.family.family import Family
from pytest_qwen.files.pydantic_messages import checked
from pytest_qwen.messages.names import nearest
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import CAPABILITIES, As, Capability, Role

DEFAULTS = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, max_new_tokens=512)
"""Below everything that checkpoint, family and behavior say: the model's own distribution."""


class Models:
    """A family's models. One generation serves every role whose engine has its identity.

    Args:
        family: which checkpoint plays which role.
        store: where replies are looked up and kept.
        planned: gives the requests that the run will make, in order: they are generated together.
        options: how engines generate.
        generator: given this object, opens what answers; one in this process when it is None.
        seed_offset: is added to every seed: other samples of the same suite.
        tell: is told how far generation in this process is.
        place: where engines generate, instead of the first place of a role.
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
        place: str = "",
    ) -> None:
        self.family, self.store, self._place = family, store, place
        self._planned, self._options = planned, options or Options()
        self._generator = generator(self) if generator else None
        self._tell, self._seed_offset = tell, seed_offset
        self._engines: dict[Role, Engine] = {}
        self._generations: dict[tuple[Identity, str], Generation] = {}

    def __getitem__(self, role: Role) -> Model:
        return Model(role, self)

    def replies(self, requests: Sequence[Request]) -> list[Reply]:
        """Answer requests, from the store where it can, in their order.

        Raises:
            CheckpointError: the family lacks a role, or it cannot be used.
            EngineError: an engine cannot answer.
            StoreError: the store cannot be read or written.
        """
        complete = [self.complete(request) for request in requests]
        replies = self.store.get(request.key for request in complete) if self.store else {}
        misses = {r.key: r for r in complete if r.key not in replies}
        if misses:
            self._generator = self._generator or self._local_generator()
            outcomes = list(self._generator.answers(list(misses.values())))
            if failed := [outcome for outcome in outcomes if isinstance(outcome, Failure)]:
                raise (StoreError if failed[0].of_store else EngineError)(failed[0].message)
            replies |= {r.request_key: r for r in outcomes if isinstance(r, Reply)}
        return [
            replace(replies[r.key], seed=r.seed, sample=r.sample, lacks=self._lacks(r.role))
            for r in complete
        ]

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
        expected of it, nor of a release. The engine's fingerprint covers the files of tokenizer
        and template, so that the messages stand for the prompt's token ids and replay loads no
        tokenizer. A bare text has no use for a template's switches, and greedy decoding none for
        a seed.

        Raises:
            CheckpointError: the family lacks the role, or it cannot be used.
        """
        engine, binding = self.engine(request.role), self.family.roles[request.role]
        below = binding.sampling.over(engine.sampling.over(DEFAULTS))
        sampling = request.sampling.over(below)
        thinking = (
            self.family.thinking(request.role) if request.thinking is None else request.thinking
        )
        chat = request.prompt_as == "chat"
        template = {**binding.template, **request.template} if chat else {}
        seed = (request.seed + self._seed_offset) % 2**63
        parts = {
            "engine": vars(engine.identity),
            "exact": self._options.exact,
            "as": request.prompt_as,
            "prompt": [m.model_dump() for m in request.messages] if chat else request.text,
            "switches": {"enable_thinking": thinking, **template} if chat else {},
            "sampling": sampling.given(),
            "draw": [seed, request.sample] if sampling.temperature else None,
        }
        key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
        return replace(
            request, key=key, sampling=sampling, thinking=thinking, template=template, seed=seed
        )

    def close(self) -> None:
        """Close the store and let go of the models."""
        if self._generator:
            self._generator.close()
        self._generations.clear()
        if self.store:
            self.store.close()

    def engine(self, role: Role) -> Engine:
        """Return what answers a role; nothing is loaded.

        Raises:
            CheckpointError: the family does not have the role, or its engine cannot be imported.
        """
        if role not in self._engines:
            if role not in self.family.roles:
                raise CheckpointError(
                    f"expected a checkpoint for the role {role}, got none in the family "
                    f"{self.family.name}",
                    f": bind one with --qwen-model {role}=CHECKPOINT",
                )
            binding = self.family.roles[role]
            self._engines[role] = _engine_class(binding.engine)(binding, self.family)
        return self._engines[role]

    def engine_name(self, role: Role) -> str:
        """Return the name of the engine that answers a role."""
        return self.family.roles[role].engine

    def promises(self, role: Role, capability: Capability) -> bool:
        """Say whether a role's engine promises something of its replies."""
        return capability not in self._lacks(role)

    def _lacks(self, role: Role) -> tuple[Capability, ...]:
        promised = self.engine(role).capabilities
        return tuple(name for name in CAPABILITIES if name not in promised)

    def any_usable(self) -> bool:
        """Say whether any role can be used: its checkpoint can be found, and is safe."""
        for role in self.family.roles:
            with suppress(CheckpointError):
                return bool(self.engine(role).identity)
        return False

    def generation(self, role: Role) -> Generation:
        """Return what generates a role's replies, which is loaded once.

        Raises:
            CheckpointError: see `engine`.
            EngineError: it cannot be loaded; `NoRoom` if it could without the others.
        """
        engine = self.engine(role)
        name = (engine.identity, self._place or engine.places[0])
        if name not in self._generations:
            generation = engine.generate(name[1], self._options, alone=not self._generations)
            self._generations[name] = generation
        return self._generations[name]

    def release(self) -> None:
        """Let go of all that generates."""
        self._generations.clear()


def _engine_class(name: str) -> type[Engine]:
    point = engines()[name]
    try:
        loaded: type[Engine] = point.load()
    except Exception as error:  # noqa: BLE001 - importing runs any code
        why = " ".join(f"{type(error).__name__}: {error}".split())
        home = point.dist.name if point.dist else "its distribution"
        raise CheckpointError(
            f"the engine {name} cannot be imported: {why}: repair or uninstall {home}"
        ) from None
    return loaded


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
