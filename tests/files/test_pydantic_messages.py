"""What pydantic refuses is said in our words: the place, what is wrong, what to write instead."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, get_args

import pytest
from pydantic import BaseModel, Field, StrictFloat, StrictInt, StrictStr, ValidationError
from pydantic_core.core_schema import ErrorType

from pytest_qwen.family.family import Binding
from pytest_qwen.files.fields import STRICT, Slug
from pytest_qwen.files.pydantic_messages import mistakes
from pytest_qwen.files.pydantic_words import _BOUNDS, expected_of
from pytest_qwen.files.validation import validate
from pytest_qwen.files.yaml_lines import Document, SpecError
from pytest_qwen.gate.policy import Policy
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.spec.behavior import BehaviorFields
from pytest_qwen.spec.comparison import ComparisonFields


class Color(StrEnum):
    """Some values."""

    RED = "red"
    BLUE = "blue"


class Inner(BaseModel):
    """A mapping in a list."""

    model_config = STRICT

    id: Slug
    size: int = 0


class Outer(BaseModel):
    """One field of each kind."""

    model_config = STRICT

    text: str = ""
    count: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    on: bool = False
    day: date | None = None
    way: Literal["text", "chat"] = "chat"
    color: Color = Color.RED
    names: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    inner: tuple[Inner, ...] = ()
    by_name: dict[str, int] = {}
    value: StrictStr | StrictInt | StrictFloat = 0
    number: StrictInt | StrictFloat = 0
    either: str | list[str] = ""


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"text": 5}, "text: expected text, got 5: put it in quotes"),
        ({"text": ["a"]}, "text: expected text, got ['a']"),
        ({"count": "many"}, "count: expected a whole number, got 'many'"),
        ({"count": 0}, "count: expected at least 1, got 0"),
        ({"count": 10}, "count: expected at most 9, got 10"),
        ({"count": 1.5}, "count: expected a whole number, got 1.5"),
        ({"share": 0}, "share: expected more than 0, got 0"),
        ({"share": "1.0"}, "share: expected less than 1, got '1.0'"),
        ({"share": []}, "share: expected a number, got []"),
        ({"on": "perhaps"}, "on: expected true or false, got 'perhaps'"),
        ({"day": "2026-02-31"}, "day: expected a date such as 2026-01-31, got '2026-02-31'"),
        ({"day": "soon"}, "day: expected a date such as 2026-01-31, got 'soon'"),
        ({"way": "chad"}, "way: expected one of text, chat, got 'chad': did you mean 'chat'?"),
        ({"way": 5}, "way: expected one of text, chat, got 5"),
        ({"color": "bleu"}, "color: expected one of red, blue, got 'bleu': did you mean 'blue'?"),
        ({"names": "a"}, "names: expected a list, got 'a': begin each item with '- '"),
        ({"names": ["a", "b", "c"]}, "names: expected 2 items at most, got ['a', 'b', 'c']"),
        ({"names": ["a", 5]}, "names.1: expected text, got 5: put it in quotes"),
        ({"inner": {"id": "a"}}, "inner: expected a list, got {'id': 'a'}: begin each item with '- '"),
        ({"inner": ["a"]}, "inner.0: expected keys with values, got 'a'"),
        ({"inner": [{"size": 1}]}, "inner.0.id: expected the key 'id', got none: add it"),
        (
            {"inner": [{"id": "a b"}]},
            "inner.0.id: expected at most 80 ASCII letters, digits and . _ -, got 'a b'",
        ),
        ({"inner": [{"idd": "a"}]}, "inner.0.idd: expected a known key, got 'idd': did you mean 'id'?"),
        ({"by_name": ["a"]}, "by_name: expected keys with values, got ['a']"),
        ({"by_name": {"a": "b"}}, "by_name.a: expected a whole number, got 'b'"),
        ({"value": True}, "value: expected text, got True: put it in quotes"),
        ({"value": {}}, "value: expected text or a number, got {}"),
        ({"number": "a"}, "number: expected a number, got 'a'"),
        ({"either": {}}, "either: expected text or a list, got {}"),
        ({"either": ["a", 5]}, "either.1: expected text, got 5: put it in quotes"),
        ({"text": "x", "texd": 5}, "texd: expected a known key, got 'texd': did you mean 'text'?"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_our_words(data, told):
    """A number for text, a list for a mapping, bounds, extra keys, dates, unions."""
    with pytest.raises(ValidationError) as error:
        Outer.model_validate(data)
    assert str(mistakes(error.value, Outer, data)[0]) == told


def test_a_misspelt_key_comes_first():
    """It is what to mend; that the right one is missing follows from it."""
    data = {"inner": [{"idd": "a"}], "count": 0}
    with pytest.raises(ValidationError) as error:
        Outer.model_validate(data)
    wrong = mistakes(error.value, Outer, data)
    assert [mistake.kind for mistake in wrong] == ["unknown", "value", "missing"]


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_no_error_is_told_in_the_words_of_pydantic(kind):
    """Whatever kind of error a later model raises."""
    context = {
        "gt": 1, "ge": 1, "lt": 1, "le": 1, "multiple_of": 2, "pattern": "x", "min_length": 1,
        "max_length": 1, "expected_tags": "'a'", "expected": "'a' or 'b'", "error": "our words",
    }  # fmt: skip
    theirs = "Input should be a valid thing"
    expected = expected_of({"type": kind, "msg": theirs, "ctx": context})
    assert expected
    assert theirs not in expected


def test_bounds_are_kinds_of_errors():
    """A table of words has no entry that no error asks for."""
    assert _BOUNDS.keys() <= {*get_args(ErrorType)}


@pytest.mark.parametrize("model", [BehaviorFields, ComparisonFields, Policy, Binding, Sampling])
@pytest.mark.parametrize("wrong", [5, -1.5, "x", True, None, [], {}, [5, {}], {"a": [1]}], ids=repr)
def test_files_of_users_are_told_in_our_words(model, wrong):
    """Any value in the place of any key of a behavior, a comparison, a policy or a family."""
    for name in [*model.model_fields, "unknown"]:
        document = Document("f.yaml", {name: wrong}, {(): 1})
        try:
            validate(model, document)
        except SpecError as error:
            for line in str(error).splitlines():
                assert line.startswith("f.yaml:1: expected ")
                for theirs in ("Input", "should", "valid ", "Field required", "permitted"):
                    assert theirs not in line
