"""The JSON Schema of behavior files; `python -m pytest_qwen.spec.json_schema` writes it.

It is made from the pydantic model of the format and the arguments of the built-in traits. Traits
of a user's own are accepted with any arguments: the schema helps to type, the collection judges.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from pytest_qwen.model_io.vocabulary import How, Of
from pytest_qwen.spec.behavior import BehaviorFields
from pytest_qwen.spec.comparison import ComparisonFields
from pytest_qwen.traits.registry import Judge, Trait, traits

PATH = Path(__file__).with_name("behavior.schema.json")

_PARAMETER = {"type": "string", "pattern": r"\{[A-Za-z_]\w*\}"}
"""A parameter of the behavior, `{name}`, may stand for a value of any type."""


def schema() -> dict[str, Any]:
    """Return the schema of one YAML document: a behavior, or a comparison of behaviors."""
    behavior, comparison = BehaviorFields.model_json_schema(), ComparisonFields.model_json_schema()
    definitions = behavior.pop("$defs") | comparison.pop("$defs")
    ours = [t for _, t in sorted(traits().items()) if t.judge.__module__.startswith("pytest_qwen.")]
    checks = {trait.name: _arguments(trait, definitions) for trait in ours}
    check = {"$ref": "#/$defs/check"}
    for how in get_args(How):
        checks[how] = check if how == "not" else {"type": "array", "items": check, "minItems": 1}
    checks["of"] = {"enum": list(get_args(Of)), "description": "The part that is judged."}
    checks["at_least"] = {
        "description": "The share of samples that must meet it; 1 by default.",
        "anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "string"}],
    }
    definitions["check"] = {
        "anyOf": [
            {"enum": [trait.name for trait in ours]},
            {"type": "object", "properties": checks, "minProperties": 1},
        ]
    }
    definitions["measure"] = {
        "anyOf": [
            {"enum": [t.name for t in ours if t.measure]},
            {"type": "object", "minProperties": 1},
        ]
    }
    behavior["properties"]["expect"]["additionalProperties"] = {"type": "array", "items": check}
    definitions["RateFields"]["properties"]["trait"] = check
    for holder in ("RelationFields", "MoreThan"):
        definitions[holder]["properties"]["measure"] = {"$ref": "#/$defs/measure"}
    definitions |= {"behavior": _untitled(behavior), "comparison": _untitled(comparison)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A behavior of pytest-qwen",
        "if": {"required": ["compare"]},
        "then": {"$ref": "#/$defs/comparison"},
        "else": {"$ref": "#/$defs/behavior"},
        "$defs": definitions,
    }


def _untitled(model: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in model.items() if key not in {"title", "description"}}


def _arguments(trait: Trait, definitions: dict[str, Any]) -> dict[str, Any]:
    """Describe what may stand behind a trait's name: nothing, its first argument, or all."""
    if trait.variants:
        return _variants(trait)
    by_name = trait.arguments.model_json_schema()
    definitions.update(by_name.pop("$defs", {}))
    by_name.pop("title", None)
    described = {"description": _summary(trait.judge)}
    if trait.measure:
        return {**described, **by_name, "additionalProperties": False}
    properties = by_name.get("properties", {})
    if not properties:
        return {**described, "enum": [True, None]}
    first = {k: v for k, v in next(iter(properties.values())).items() if k != "default"}
    choices = [first, _PARAMETER, _named(by_name)]
    if not by_name.get("required"):
        choices.append({"enum": [True, None]})
    return {**described, "anyOf": choices}


def _variants(trait: Trait) -> dict[str, Any]:
    """Describe the arguments of each variant, which its name among them tells apart."""
    choices: list[dict[str, Any]] = [_PARAMETER]
    for name, model in trait.arguments_by_variant.items():
        by_name = _named(model.model_json_schema())
        first = next(iter(by_name["properties"]))
        by_name["properties"][first] = {
            "const": name,
            "description": _summary(trait.variants[name]),
        }
        if by_name["required"] == [first]:
            choices.append({"const": name})
        choices.append(by_name)
    return {"description": _summary(trait.judge), "anyOf": choices}


def _named(by_name: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of arguments by name; none may be unknown, and each may be a parameter."""
    properties = by_name.get("properties", {}).items()
    filled = {name: {"anyOf": [schema, _PARAMETER]} for name, schema in properties}
    return {**by_name, "properties": filled, "additionalProperties": False}


def _summary(function: Judge) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]


if __name__ == "__main__":
    PATH.write_text(json.dumps(schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
