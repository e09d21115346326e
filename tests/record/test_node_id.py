"""Ids of cases are split and put together in one place."""

import re

import pytest

from pytest_qwen.record.node_id import NodeId
from pytest_qwen.report.anchor import anchor


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("b.yaml::greets[instruct-zh]", ("greets", "instruct", "zh")),
        ("t/test_a.py::TestIt::test_b[a::b-[x]]", None),
        ("t/test_a.py::TestIt::test_b", ("test_b", "", "")),
        ("b.yaml::greets[]", ("greets", "", "")),
        ("b.yaml", None),
        ("", None),
    ],
)
def test_parts_give_the_same_id_again(text, case):
    """Also of Python tests, whose classes and parameters may be written as ids are."""
    assert str(NodeId.parse(text)) == text
    assert NodeId.parse(text).case == case


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("b.yaml::greets[instruct-zh]", "greets[instruct-zh]"),
        ("b.yaml::greets[instruct-a::b]", "greets[instruct-a::b]"),
        ("t/test_a.py::TestIt::test_b", "test_b"),
        ("b.yaml", "b.yaml"),
    ],
)
def test_a_short_id_has_no_file(text, short):
    """A prompt's id may look like the border of a file."""
    assert NodeId.parse(text).short == short


def test_anchors_tell_cases_apart():
    """A case of a behavior has a name that people can type, any other id one that is its own."""
    assert anchor("b.yaml::greets[instruct-zh]") == "t=greets.instruct-zh"
    others = ["t.py::a[x]", "t.py::B::a[x]", "t.py::a", "b.yaml::greets", "b.yaml::<b>[<i>]"]
    assert len({anchor(case) for case in others}) == len(others)
    assert all(re.fullmatch(r"t=[A-Za-z0-9._-]+", anchor(case)) for case in others)
