"""A trait's version: it follows the code that judges, and nothing else."""

import importlib.util
import sys

import pytest

from pytest_qwen.files.yaml_lines import parse
from pytest_qwen.spec.expectation import parse_expectation
from pytest_qwen.traits import origin
from pytest_qwen.traits.registry import traits


@pytest.fixture
def versions(tmp_path, monkeypatch):
    """Return the version of a trait in a package, given the text of its helper and its own."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "helping").mkdir()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def version(helper, trait):
        origin._version.cache_clear()
        for name, text in (("__init__", ""), ("words", helper), ("traits", trait)):
            sys.modules.pop(f"helping.{name}", None)
            (tmp_path / "helping" / f"{name}.py").write_text(text)
        sys.modules.pop("helping", None)
        importlib.invalidate_caches()
        return origin.source_version(importlib.import_module("helping.traits").judge)

    return version


@pytest.mark.parametrize("way", ["from helping.words import *", "import helping.words"])
def test_a_helper_counts(versions, way):
    """What a trait imports from its own package decides with it."""
    trait = f"{way}\n\ndef judge(part):\n    return part\n"
    assert versions("x = 1\n", trait) == versions("x = 1\n", trait)
    assert versions("x = 1\n", trait) != versions("x = 22\n", trait)


def test_what_is_not_imported_does_not_count(versions):
    """Another file of the package may change."""
    trait = "def judge(part):\n    return part\n"
    assert versions("x = 1\n", trait) == versions("x = 22\n", trait)
    assert versions("x = 1\n", trait) != versions("x = 1\n", trait + "# new\n")


def test_line_ends_do_not_count(tmp_path):
    """A checkout on another system has the same versions."""
    found = set()
    for name, end in (("a", b"\n"), ("b", b"\r\n")):
        path = tmp_path / f"{name}.py"
        path.write_bytes(end.join([b"def judge(part):", b"    return part", b""]))
        spec = importlib.util.spec_from_file_location("lone", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        origin._version.cache_clear()
        found.add(origin.source_version(module.judge))
    assert len(found) == 1


def test_built_in_traits_have_versions():
    """Traits of one file share a version; a combination names all that it is made of."""
    known = traits()
    assert all(len(trait.version) == 12 for trait in known.values())
    assert known["sentences"].version != known["finish"].version
    document = parse("any: [asks_back, {not: {finish: stop}}]", "x.yaml")[0]
    combined = parse_expectation(document.data, document, ())
    assert combined.version == f"{known['asks_back'].version}+{known['finish'].version}"
