"""A YAML file becomes a pytest Module of real functions, so that everything in pytest works on it.

Fixtures, `-m`, `-k`, `--lf`, xdist and syrupy see ordinary parametrized tests; a crash in one
points at the behavior's line in the YAML.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import pytest

from pytest_qwen.core.plan import Case, expand
from pytest_qwen.core.source import Problem, SpecError
from pytest_qwen.core.spec import Behavior, load
from pytest_qwen.options import known_tags

_names = pytest.StashKey[dict[str, Problem]]()


class BehaviorModule(pytest.Module):
    """The behaviors of one YAML file as a module with one parametrized function for each."""

    def _getobj(self) -> ModuleType:
        shown = self.nodeid or str(self.path)
        try:
            behaviors = load(self.path, shown=shown, tags=known_tags(self.config))
            functions = [_function(behavior, expand(behavior)) for behavior in behaviors]
            _check_unique(self.config, behaviors)
        except SpecError as error:
            raise self.CollectError(str(error)) from None
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        for function in functions:
            function.__module__ = module.__name__
            setattr(module, function.__name__, function)
        return module

    def istestfunction(self, obj: object, name: str) -> bool:  # noqa: ARG002
        """Take every function: they are all made here, and named as their behaviors are."""
        return isinstance(obj, FunctionType)


def _function(behavior: Behavior, cases: list[Case]) -> Callable[..., None]:
    """Return the test function of a behavior; its code claims to stand in the YAML."""
    code = _body.__code__.replace(
        co_filename=behavior.document.path, co_firstlineno=behavior.line, co_name=behavior.name
    )
    function = FunctionType(code, _body.__globals__, behavior.name)
    function.__doc__ = behavior.fields.title
    tags = [getattr(pytest.mark, tag) for tag in behavior.fields.tags]
    parameters = [
        pytest.param(case, id=case.id, marks=getattr(pytest.mark, case.role)) for case in cases
    ]
    marked: Any = function
    for mark in (*tags, pytest.mark.behavior(behavior)):
        marked = mark(marked)
    return pytest.mark.parametrize("qwen_case", parameters)(marked)  # type: ignore[no-any-return]


# On one line, so that what runs claims the same line of the YAML as the function itself.
_body = lambda qwen_case, qwen_check: qwen_check(qwen_case)  # noqa: E731


def _check_unique(config: pytest.Config, behaviors: list[Behavior]) -> None:
    """Refuse a behavior's name that another file has: snapshots and records go by it."""
    seen = config.stash.setdefault(_names, {})
    problems = []
    for behavior in behaviors:
        here = behavior.document.problem(("behavior",), "a new name", repr(behavior.name))
        there = seen.setdefault(behavior.name, here)
        if there.path != here.path:
            problems.append(here._replace(do=f"{there.path}:{there.line} has it"))
    if problems:
        raise SpecError(*problems)
