"""A trait's version is raised by whoever changes what it decides; versions.json holds them to it."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from pytest_qwen.files.yaml_lines import parse
from pytest_qwen.spec.expectation import parse_expectation
from pytest_qwen.traits.registry import traits
from tests.traits import versions
from tests.traits.versions import LOCK, UPDATE, code_hash, current, problems


def test_no_code_changed_under_its_version():
    """Records of two releases are compared only where one version means one code."""
    lines = list(problems(json.loads(LOCK.read_text(encoding="utf-8")), current()))
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            {"version": 1, "code": "a"},
            {"version": 1, "code": "b"},
            "contains: its code changed and its version did not: raise it, `@trait(version=2)`, and run `"
            + UPDATE
            + "`; where no verdict can change, the command alone is enough",
        ),
        (
            {"version": 1, "code": "a"},
            {"version": 2, "code": "b"},
            "contains: version and code are not those of versions.json: run `python -m tests.traits.versions`",
        ),
        (
            {"version": 3, "code": "a"},
            {"version": 2, "code": "b"},
            "contains: version 2 is below 3: raise it",
        ),
        (
            None,
            {"version": 1, "code": "a"},
            "contains: version and code are not those of versions.json: run `python -m tests.traits.versions`",
        ),
    ],
)
def test_the_message_says_what_to_do(before, after, message):
    """Code that changed under its version, a version that went back, a lock that is old."""
    locked = {"contains": before} if before else {}
    assert list(problems(locked, {"contains": after})) == [message]
    assert list(problems({"contains": after}, {"contains": after})) == []


def test_a_measure_has_another_decorator():
    """The line can be copied."""
    before, after = ({"cohesion": {"version": 4, "code": code}} for code in "ab")
    assert "`@measure(version=5)`" in next(problems(before, after))


@pytest.mark.parametrize(
    ("module", "right", "wrong"),
    [
        ("traits.trait", "passed=bool(verdict.passed)", "passed=not verdict.passed"),
        ("traits.trait", "[part for part in parts if not part.truncated]", "list(parts)"),
        ("traits.bounded", "number >= at_least", "number > at_least"),
        ("traits.verdict", "== ThinkingState.UNCLOSED_TRUNCATED", "== ThinkingState.CLOSED"),
        ("spec.expectation", "return _combine(verdicts, decides=False)", "return verdicts[0]"),
        ("model_io.thinking", "return Split(thought, answered", "return Split(answered, thought"),
    ],
)
def test_what_all_traits_share_counts(tmp_path, monkeypatch, module, right, wrong):
    """An edit where verdicts of all traits are made is noticed, and the message says what to do."""
    module = importlib.import_module(f"pytest_qwen.{module}")
    text = Path(module.__file__).read_text(encoding="utf-8")
    assert right in text
    before = current()
    edited = tmp_path / "edited.py"
    edited.write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.setattr(module, "__file__", str(edited))
    versions._normalised.cache_clear()
    after = current()
    versions._normalised.cache_clear()
    (line,) = problems(before, after)
    assert line.startswith("what all traits share: the code of pytest_qwen.model_io.reply, ")
    assert line.endswith(
        "changed: raise the version of every trait whose verdicts can change by it, and run "
        f"`{UPDATE}`; where none can, the command alone is enough"
    )


@pytest.fixture
def hash_of(tmp_path, monkeypatch):
    """Return the hash of a trait in a package, given the text of its helper and its own."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "helping").mkdir()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def hashed(helper, trait):
        versions._normalised.cache_clear()
        for name, text in (("__init__", ""), ("words", helper), ("traits", trait)):
            sys.modules.pop(f"helping.{name}", None)
            (tmp_path / "helping" / f"{name}.py").write_text(text)
        sys.modules.pop("helping", None)
        importlib.invalidate_caches()
        return code_hash(importlib.import_module("helping.traits").judge)

    return hashed


TRAIT = "from helping.words import x\n\ndef judge(part):\n    return part\n"


@pytest.mark.parametrize("way", ["from helping.words import x", "import helping.words"])
def test_a_helper_counts(hash_of, way):
    """What a trait imports from its own package decides with it."""
    trait = f"{way}\n\ndef judge(part):\n    return part\n"
    assert hash_of("x = 1\n", trait) == hash_of("x = 1\n", trait)
    assert hash_of("x = 1\n", trait) != hash_of("x = 22\n", trait)


@pytest.mark.parametrize(
    "other",
    [
        '"""Docs."""\n' + TRAIT,
        TRAIT.replace("return", "# why\n\n    return"),
        TRAIT.replace(":\n", ':\n    """Judge."""\n'),
    ],
)
def test_comments_and_docstrings_do_not_count(hash_of, other):
    """Nobody raises a version for words."""
    assert hash_of("x = 1\n", TRAIT) == hash_of("x = 1  # one\n", other)


def test_the_version_itself_does_not_count(hash_of):
    """Raising it is no change of the code."""
    trait = "def trait(version):\n    return lambda f: f\n@trait(version=1)\ndef judge(part): ...\n"
    assert hash_of("", trait) == hash_of("", trait.replace("=1", "=2"))


def test_a_combination_has_the_version_of_each_trait():
    """`any` of two traits names both, in their order, even where the numbers are equal."""
    known = traits()
    document = parse("any: [asks_back, {not: {finish: stop}}]", "x.yaml")[0]
    combined = parse_expectation(document.data, document, ())
    assert combined.version == f"{known['asks_back'].version}+{known['finish'].version}"
