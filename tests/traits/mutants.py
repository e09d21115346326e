"""Mutants of a trait: its function and its private helpers with one small error each.

A table of examples is good if it fails every mutant. The errors are those people make: a
comparison negated or off by its border, a number off by one (in the trait's own function; those
of helpers are offsets that doctests and spans hold), `and` for `or`, a `not` forgotten, case not
folded, a verdict that is always the same. Thresholds are constants of the module, not mutated.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

NEGATED = {
    ast.Eq: ast.NotEq, ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.In: ast.NotIn, ast.Is: ast.IsNot,
}  # fmt: skip
NEGATED |= {after: before for before, after in NEGATED.items()}
BORDER = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


def mutants(function: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each mutant of a function, described as `helper: before → after`."""
    module = sys.modules[function.__module__]
    tree = ast.parse(inspect.getsource(module))
    for node in _functions(tree).values():
        node.decorator_list = []
    for name in sorted(_reached(tree, function.__name__)):
        for node in list(_body(_functions(tree)[name])):
            if isinstance(node, ast.Constant) and name != function.__name__:
                continue
            for after in _changes(node):
                if ast.unparse(after) == ast.unparse(node):
                    continue
                _replace(tree, node, after)
                namespace = {"__name__": module.__name__}
                exec(compile(ast.fix_missing_locations(tree), module.__name__, "exec"), namespace)
                _replace(tree, after, node)
                description = f"{name}: {ast.unparse(node)} → {ast.unparse(after)}"
                yield description, namespace[function.__name__]


def _functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _reached(tree: ast.Module, name: str) -> set[str]:
    """The function and the module's functions that it uses, directly or not."""
    functions, reached, todo = _functions(tree), set(), [name]
    while todo:
        if (current := todo.pop()) not in reached:
            reached.add(current)
            names = {n.id for n in ast.walk(functions[current]) if isinstance(n, ast.Name)}
            todo += names & functions.keys()
    return reached


def _body(function: ast.FunctionDef) -> Iterator[ast.AST]:
    for statement in function.body:
        yield from ast.walk(statement)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op]):
            for swap in (NEGATED, BORDER):
                if type(op) in swap:
                    yield ast.Compare(node.left, [swap[type(op)]()], node.comparators)
        case ast.Constant(value=int(n)) if not isinstance(n, bool):
            yield from (ast.Constant(n + 1), ast.Constant(n - 1))
        case ast.BoolOp(op=op):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Call(func=ast.Name("Verdict"), args=[_, *rest]):
            for always in (True, False):
                yield ast.Call(node.func, [ast.Constant(always), *rest], node.keywords)
        case ast.Call(
            func=ast.Attribute(attr="casefold" | "lower" | "upper", value=value), args=[]
        ):
            yield value
        case ast.Attribute(attr="IGNORECASE"):
            yield ast.Constant(0)


def _replace(tree: ast.Module, target: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, new)
            elif isinstance(value, list):
                value[:] = [new if item is target else item for item in value]
