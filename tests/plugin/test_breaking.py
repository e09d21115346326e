"""Breaking the models breaks the suite, in the cases that name what was broken."""

import random
import shutil
from pathlib import Path

import pytest

from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import expand
from pytest_qwen.spec.loading import load
from tests.conftest import TINY

SUITE = Path(__file__).parents[2] / "behaviors"
ONE = ("--qwen-samples", "1")  # a broken model says little else in the others, and says it long
FEW = ("summary_prefix", "ambiguous_request", "weekly_plan", "greeting", "unprompted_list")
FEW += ("compare_decimals", "continuation")
"""Files that hold most kinds of behaviors: a model that is broken altogether needs no more."""


@pytest.fixture
def suite(project):
    """The project's own suite without its snapshots: any change of a text would fail those."""
    shutil.copytree(SUITE, project.path / "behaviors")
    for path in (project.path / "behaviors").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("snapshot: true\n", "")
        path.write_text(text, encoding="utf-8")
    root = (SUITE.parent / "pyproject.toml").read_text(encoding="utf-8")
    tags = root[root.index("qwen_tags") :].partition("]")[0]
    project.write(
        "pyproject.toml", f"[tool.pytest]\nstrict = true\ntestpaths = ['behaviors']\n{tags}]\n"
    )
    return project


@pytest.fixture
def few(suite):
    """The suite's `FEW` files alone."""
    for path in (suite.path / "behaviors").rglob("*.yaml"):
        if path.stem not in FEW:
            path.unlink()
    return suite


def failed(result):
    lines = [line for line in result.outlines if line.startswith("FAILED ")]
    return {line.split("::")[1].partition(" - ")[0] for line in lines}


def that_think():
    """Return the cases that expect a closed think block, but for those held to another's verdict."""
    specs = (spec for path in SUITE.rglob("*.yaml") for spec in load(path))
    cases = [case for spec in specs if isinstance(spec, Behavior) for case in expand(spec)]
    return {
        f"{case.behavior.name}[{case.id}]"
        for case in cases
        if {"thinking": "closed"} in [e.raw for e in case.expectations]
        if not case.same_as and not case.needs
    }


def test_a_base_model_in_the_place_of_instruct(few):
    """It does not end its turns, keep formats or ask back."""
    failures = failed(few.run(*ONE, "-m", "instruct", f"--qwen-model=instruct={TINY / 'base'}"))
    behaviors = {name.partition("[")[0] for name in failures}
    assert {"summary_prefix", "ambiguous_request", "weekly_plan", "greeting"} <= behaviors


def test_an_instruct_model_in_the_place_of_reasoning(suite):
    """It does not think: every case that expects it says so."""
    result = suite.run(*ONE, "-m", "reasoning", f"--qwen-model=reasoning={TINY / 'instruct'}")
    assert len(that_think()) > 100
    assert that_think() <= failed(result)
    result.stdout.fnmatch_lines(["*expected thinking 'closed', got it in 0 of *"])


def test_an_instruct_model_in_the_place_of_base(suite):
    """It ends its turn where a Base model would run on: most cases say so."""
    result = suite.run(*ONE, "-m", "base", f"--qwen-model=base={TINY / 'instruct'}")
    assert "base_through_the_template[base-pets_zh]" in failed(result)
    assert result.parseoutcomes().get("passed", 0) < result.parseoutcomes()["failed"]


def test_a_template_that_never_opens_thinking(suite):
    """A template that always closes the block is seen wherever thinking is expected."""

    def close(copy):
        path = copy / "chat_template.jinja"
        text = path.read_text(encoding="utf-8")
        switch = "enable_thinking is defined and enable_thinking is false"
        assert switch in text
        text = text.replace(switch, "true")
        path.write_text(text, encoding="utf-8")

    result = suite.run(*ONE, "-m", "reasoning", suite.damaged("reasoning", close))
    assert len(that_think()) > 100
    assert that_think() <= failed(result)
    result.stdout.fnmatch_lines(["*expected thinking 'closed', got it in 0 of *"])


def randomize(copy):
    """Fill the weights with small random numbers: bfloat16 with a high byte of 0x3c or 0x3d."""
    path = copy / "model.safetensors"
    data = bytearray(path.read_bytes())
    noise = random.Random(0)
    for i in range(8 + int.from_bytes(data[:8], "little"), len(data), 2):
        data[i] = noise.randrange(256)
        data[i + 1] = noise.choice((0x3C, 0xBC, 0x3D, 0xBD))
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("role", ["base", "instruct", "reasoning"])
def test_random_weights(few, role):
    """A model that says nothing sensible passes almost nothing."""
    outcomes = few.run(*ONE, "-m", role, few.damaged(role, randomize)).parseoutcomes()
    assert outcomes["failed"] > 2
    assert outcomes.get("passed", 0) <= 0.1 * outcomes["failed"]


def test_swapped_checkpoints_are_other_requests(suite):
    """The store never answers for another model: the key has the checkpoint's fingerprint."""
    suite.run("-k", "greeting and instruct", store="kept")
    before = suite.texts()
    suite.run("-k", "greeting and instruct", f"--qwen-model=instruct={TINY / 'base'}", store="kept")
    assert suite.texts() != before
    assert suite.texts().keys() == before.keys()
