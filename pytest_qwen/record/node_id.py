"""The id of a case, as pytest writes it: `behaviors/greets.yaml::greets[instruct-zh]`."""

from __future__ import annotations

from typing import NamedTuple

from pytest_qwen.model_io.vocabulary import ROLES


class NodeId(NamedTuple):
    """The parts of `path::name[parameters]`; `name` may begin with a class, `Class::test`."""

    path: str
    name: str
    parameters: str | None = None

    @classmethod
    def parse(cls, text: str) -> NodeId:
        """Split an id; the parts can be any text, since records are untrusted.

        >>> NodeId.parse("b.yaml::greets[instruct-zh]")
        NodeId(path='b.yaml', name='greets', parameters='instruct-zh')
        """
        path, _, item = text.partition("::")
        name, bracket, inside = item.partition("[")
        return cls(path, name, inside.removesuffix("]") if bracket else None)

    def __str__(self) -> str:
        """Return the id.

        >>> str(NodeId("b.yaml", "greets", "instruct-zh"))
        'b.yaml::greets[instruct-zh]'
        """
        return self.path + (f"::{self.name}" if self.name else "") + self._brackets

    @property
    def _brackets(self) -> str:
        return "" if self.parameters is None else f"[{self.parameters}]"

    @property
    def short(self) -> str:
        """The id without file and class; all of what is no test's id.

        >>> NodeId.parse("b.yaml::greets[instruct-a::b]").short
        'greets[instruct-a::b]'
        """
        return self.behavior + self._brackets if self.behavior else str(self)

    @property
    def behavior(self) -> str:
        """The name of the behavior or of the test function."""
        return self.name.rpartition("::")[2]

    @property
    def case(self) -> tuple[str, str, str] | None:
        """The behavior, the role and the prompt's id; None of what is no test's id.

        A Python test has neither role nor prompt in its id.

        >>> NodeId.parse("b.yaml::greets[instruct-zh]").case
        ('greets', 'instruct', 'zh')
        """
        role, _, prompt = (self.parameters or "").partition("-")
        return (self.behavior, role, prompt) if self.behavior and role in ("", *ROLES) else None
