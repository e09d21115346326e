"""Workers: the same outcomes and texts in any distribution; a killed one costs its own test."""

import pytest

SPEC = "{base: [{finish: length}], instruct: [{finish: stop}], reasoning: [{thinking: closed}]}"

KILLER = """\
import os, signal
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    if "instruct" in item.name and "PYTEST_XDIST_WORKER" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def suite(project):
    """Two behaviors over three roles."""
    project.behavior(SPEC, name="one", samples=2)
    project.behavior(SPEC, name="two", samples=2, seed=9)
    return project


def test_texts_do_not_depend_on_workers_or_order(suite):
    """Every sample is the same alone, on one to three workers and in every kind of distribution."""
    suite.run("-p", "no:xdist", store="off").assert_outcomes(passed=6)
    alone = suite.texts()
    assert len(alone) == 12
    for way in (["1"], ["3", "--dist", "loadscope"], ["2", "--dist", "worksteal"]):
        suite.run("-n", *way, store="off").assert_outcomes(passed=6)
        assert suite.texts() == alone


def test_a_selection_says_the_same(suite):
    """A text does not depend on what else is selected, nor on how many samples are drawn."""
    suite.run(store="off")
    whole = suite.texts()
    suite.run("-k", "two and reasoning", "--qwen-samples=1", store="off")
    part = suite.texts()
    assert len(part) == 1
    assert part.items() <= whole.items()


def test_a_killed_worker_costs_its_own_test(suite):
    """The other cases run; the record has the crash, and expects what was collected."""
    suite.write("conftest.py", KILLER)
    suite.behavior("{base: [{thinking: absent}]}", name="three")
    result = suite.run("-n", "2", "-k", "three or (one and not two)")
    assert result.parseoutcomes()["failed"] >= 1
    result.stdout.fnmatch_lines(
        ["*worker*crashed while running 'behaviors/one.yaml::one[[]instruct-zh[]]'"]
    )
    end = suite.lines()[-1]
    assert sorted(end["expected"]) == sorted(end["reported"])
    crashed = [line for line in suite.lines() if line.get("error")]
    assert {line["case"] for line in crashed} == {"behaviors/one.yaml::one[instruct-zh]"}
    assert crashed[0]["error"]["kind"] == "crash"
    judged = {line["case"] for line in suite.lines() if line.get("reply")}
    assert judged == {
        "behaviors/one.yaml::one[base-zh]",
        "behaviors/one.yaml::one[reasoning-zh]",
        "behaviors/three.yaml::three[base-zh]",
    }
