"""A YAML file becomes a pytest Module of real functions, so that everything in pytest works on it.

Fixtures, `-m`, `-k`, `--lf`, xdist and syrupy see ordinary parametrized tests; a crash in one
points at the behavior's line in the YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.plugin.options import known_tags
from pytest_qwen.plugin.run.run_state import run_of
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import Case, expand
from pytest_qwen.spec.discovery import near
from pytest_qwen.spec.library import Library
from pytest_qwen.spec.loading import Spec, doubles, load
from pytest_qwen.spec.relate import relate
from pytest_qwen.spec.relation import Relation


class BehaviorModule(pytest.Module):
    """The behaviors of one YAML file as a module with one parametrized function for each."""

    def _getobj(self) -> ModuleType:
        try:
            specs = _load(self.config, self.path, self.nodeid)
            functions = [_function(spec, _items(self.config, self.path, spec)) for spec in specs]
            _check_names(self.config, specs)
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


def _load(config: pytest.Config, path: Path, shown: str = "") -> list[Spec]:
    """Read a file once a run, however many comparisons look into it."""
    known = run_of(config).specs
    if path not in known:
        if not shown and path.is_relative_to(config.rootpath):
            shown = path.relative_to(config.rootpath).as_posix()
        known[path] = load(path, shown=shown or str(path), tags=known_tags(config))
    return known[path]


def _items(config: pytest.Config, path: Path, spec: Spec) -> list[Case] | list[Relation]:
    """Return what becomes an item each: the cases of a behavior, the relations of a comparison."""
    if isinstance(spec, Behavior):
        return expand(spec)
    files = near(path, config.rootpath)
    return relate(spec, Library(files, lambda file: _load(config, file)))


def _function(spec: Spec, items: Sequence[Case | Relation]) -> Callable[..., None]:
    """Return the test function of a behavior; its code claims to stand in the YAML."""
    code = _body.__code__.replace(
        co_filename=spec.document.path, co_firstlineno=spec.line, co_name=spec.name
    )
    function = FunctionType(code, _body.__globals__, spec.name)
    function.__doc__ = spec.fields.title
    tags = [getattr(pytest.mark, tag) for tag in spec.fields.tags]
    parameters = [pytest.param(item, id=item.id, marks=_mark(item)) for item in items]
    marked: Any = function
    for mark in (*tags, pytest.mark.behavior(spec)):
        marked = mark(marked)
    return pytest.mark.parametrize("qwen_case", parameters)(marked)  # type: ignore[no-any-return]


def _mark(item: Case | Relation) -> pytest.MarkDecorator:
    mark: pytest.MarkDecorator = getattr(
        pytest.mark, item.role if isinstance(item, Case) else "comparison"
    )
    return mark


# On one line, so that what runs claims the same line of the YAML as the function itself.
_body = lambda qwen_case, qwen_check: qwen_check(qwen_case)  # noqa: E731


def _check_names(config: pytest.Config, specs: list[Spec]) -> None:
    """Refuse a behavior's name that another file has."""
    if problems := doubles(specs, run_of(config).behaviors):
        raise SpecError(*problems)
