"""The JSON Schema for editors is checked in, current, and agrees with the collection."""

import json
from pathlib import Path

import jsonschema
import pytest

from pytest_qwen.files.yaml_lines import parse, read
from pytest_qwen.spec.json_schema import PATH, schema

BEHAVIORS = sorted((Path(__file__).parents[2] / "behaviors").rglob("*.yaml"))


def test_the_file_is_current():
    """Whoever changes the format or a trait runs `python -m pytest_qwen.spec.json_schema`."""
    assert json.loads(PATH.read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("path", BEHAVIORS, ids=lambda path: path.stem)
def test_the_suite_is_valid_for_editors(path):
    """No file that the collection takes is underlined in an editor."""
    validator = jsonschema.Draft202012Validator(schema())
    assert [e.message for d in read(path) for e in validator.iter_errors(d.data)] == []


@pytest.mark.parametrize(
    "args", ["startend:quotation", "{instruction_id: startend:end_checker, end_phrase: 再见}"]
)
def test_a_variant_is_described_by_its_own_arguments(args):
    """What a trait takes may depend on its first argument; alone, that is enough where it can be."""
    text = f"{{behavior: x, prompts: [{{id: a, text: b}}], expect: {{base: [{{ifeval: {args}}}]}}}}"
    (document,) = parse(text, "f.yaml")
    jsonschema.validate(document.data, schema())


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {instuct: []}}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {base: []}, samples: 0}",
        "{behavior: x, prompts: [{id: a, txt: b}], expect: {base: []}}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {base: [start_with]}}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {base: [{starts_with: 3}]}}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {base: [a]}, sweep: {temp: [1]}}",
        "{behavior: x, prompts: [{id: a, text: b, same_as: 3}], expect: {base: [asks_back]}}",
        "{behavior: x, compare: []}",
        "{behavior: x, compare: [{measure: distinct_2, behavior: a, order: bas < instruct}]}",
        "{behavior: x, compare: [{measure: distinct, behavior: a, order: base < instruct}]}",
        "{behavior: x, compare: [{measure: distinct_2, behavior: a}]}",
        "{behavior: x, compare: [{rate: {behavior: a, trait: strats}, order: base < instruct}]}",
        "{behavior: x, compare: [{rate: {behavior: a}, order: base < instruct}], prompts: []}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {base: [{ifeval: startend:quote}]}}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {base: [{ifeval: {instruction_id: startend:quotation, num_words: 1}}]}}",
        "{behavior: x, prompts: [{id: a, text: b}], expect: {base: [{ifeval: startend:end_checker}]}}",
    ],
)
def test_mistakes_are_underlined(text):
    """The schema refuses what the collection refuses."""
    (document,) = parse(text, "f.yaml")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document.data, schema())


def test_comparisons_are_valid_for_editors():
    """What the collection takes is not underlined."""
    text = """
    behavior: x
    compare:
      - rate: {behavior: a, trait: {not: {starts_with: "{prefix}"}}}
        order: base < instruct <= reasoning
        margin: 0.2
      - {measure: {distinct_n: 3}, behaviors: [a, b], order: instruct < base}
    confidence: 0.9
    """
    (document,) = parse(text, "f.yaml")
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(document.data)) == []
