"""`engine: local`: a checkpoint on this machine. It is light: torch comes with the weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from pytest_qwen.engine import CHANGED, EngineError, Generation, Identity, NoRoom, Options
from pytest_qwen.engine.environment import Environment, environment, resolve
from pytest_qwen.family.checkpoint import Checkpoint, open_checkpoint
from pytest_qwen.family.family import Binding, Family
from pytest_qwen.messages.size import readable
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import CAPABILITIES, Capability

ENGINE_VERSION = 4
"""Raised when the same request gives another text than before."""


class LocalEngine:
    """A role's checkpoint on this machine; see `engine.Engine`."""

    capabilities: frozenset[Capability] = frozenset(CAPABILITIES)
    reads_checkpoint = True

    def __init__(self, binding: Binding, family: Family) -> None:
        self._binding, self._family = binding, family

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The role's checkpoint, found and checked.

        Raises:
            CheckpointError: it is missing or unsafe.
        """
        return open_checkpoint(self._binding, self._family)

    @property
    def sampling(self) -> Sampling:
        """The parameters of the checkpoint's generation config."""
        return self.checkpoint.sampling

    @property
    def places(self) -> Sequence[str]:
        """The role's devices."""
        return tuple(map(resolve, self._binding.device))

    @property
    def environment(self) -> Environment:
        """Where the role's replies are generated."""
        given = self._binding.dtype
        return environment(self.places[0], self.checkpoint.dtype if given == "auto" else given)

    @cached_property
    def identity(self) -> Identity:
        """The files of the checkpoint, and where they are computed."""
        checkpoint, where = self.checkpoint, str(self.environment)
        names = (checkpoint.fingerprint, where, checkpoint.template)
        return Identity("local", ENGINE_VERSION, *names)

    def describe(self) -> str:
        """Say where the checkpoint would be loaded, how large it is, and where it lies."""
        path = self.checkpoint.path
        weights = sum(file.stat().st_size for file in path.glob("*.safetensors"))
        return f"{self.environment}, {readable(weights)} of weights in {path}"

    def generate(self, place: str, options: Options, *, alone: bool) -> Generation:
        """Load the checkpoint on a device."""
        try:
            from pytest_qwen.engine.local import generation, memory  # they import torch
        except ModuleNotFoundError as error:
            raise EngineError(
                f"expected {error.name}, which generates replies, got it not installed: "
                "type `pip install 'pytest-qwen[local]'`"
            ) from None
        checkpoint, dtype = self.checkpoint, self._binding.dtype
        if not alone and not memory.fits(checkpoint.path, place, dtype, saved=checkpoint.dtype):
            raise NoRoom(f"{checkpoint.path}: no memory beside other models")
        opened = generation.LocalGeneration(checkpoint.path, place, dtype, options)
        if open_checkpoint(self._binding, self._family).fingerprint != checkpoint.fingerprint:
            raise EngineError(f"{checkpoint.path}: {CHANGED}")
        return opened
