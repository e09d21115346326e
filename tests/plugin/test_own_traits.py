"""Traits of a user's own: from a conftest and from another distribution's entry point."""

import json
import os

import pytest

from tests.cli.command_line import typed

RHYMES = """\
from pytest_qwen import Part, Verdict, trait


@trait
def rhymes(part: Part, ending: str, times: int = 1) -> Verdict:
    n = part.text.count(ending)
    return Verdict(n >= times, f"{n} of {ending!r}")
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Make a distribution with an entry point, as an installer leaves it, and return its folder."""

    def make(module, text=None, name="acme"):
        folder = tmp_path / "site"
        info = folder / f"{name}_traits-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}-traits\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[pytest_qwen.traits]\n{name} = {module}\n")
        if text is not None:
            (folder / f"{module}.py").write_text(text)
        monkeypatch.setenv(
            "PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
        )

    return make


def test_a_conftest_may_bring_traits(project):
    """Arguments are checked when files are collected, with the line and the nearest known name."""
    project.write("conftest.py", RHYMES)
    project.behavior(
        "{instruct: [{rhymes: {ending: 。, time: 2}}, {rhymes: [。]}, rhyme]}", name="poem"
    )
    project.behavior("{instruct: [{rhymes: {ending: 。, times: two}}]}", name="song")
    project.behavior("{instruct: [{rhymes: 。}]}", name="good")
    result = project.run("--collect-only", "-q")
    result.stdout.fnmatch_lines(
        [
            "behaviors/good.yaml::good[[]instruct-zh[]]",
            "behaviors/poem.yaml:3: expected an argument of rhymes, got 'time': did you mean 'times'?",
            "behaviors/song.yaml:3: expected a whole number as 'times' of rhymes, got 'two'",
        ]
    )


def test_another_distribution_may_bring_traits(project, install):
    """What an entry point of the group names is known to pytest and to the command."""
    install("acme_words", RHYMES)
    project.behavior("{instruct: [{rhymes: 。}, {rhymes: 3}]}")
    result = project.run("--collect-only", "-q")
    result.stdout.fnmatch_lines(
        ["*:3: expected text as 'ending' of rhymes, got 3: put it in quotes"]
    )
    line = json.dumps({"id": 1, "output": "好。", "trait": "rhymes", "args": "。"})
    status, out, err = typed(project.path, "pytest-qwen judge -", line.encode())
    assert (status, err, json.loads(out)["passed"]) == (0, "", True)


BROKEN = [
    ("acme_none", None, "ModuleNotFoundError: No module named 'acme_none'"),
    ("acme_bad", "1 / 0", "ZeroDivisionError: division by zero"),
    (
        "acme_double",
        RHYMES.replace("rhymes", "contains"),
        "ValueError: the trait 'contains' is already registered by pytest_qwen.traits.builtin.contains",
    ),
]


@pytest.mark.parametrize(("module", "text", "got"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_entry_point_is_one_line(project, install, module, text, got):
    """It says whose it is, what went wrong and what to do, and nothing is judged without it."""
    install(module, text)
    told = (
        f"entry point 'acme' of acme-traits: expected traits in '{module}', got {got}: "
        "repair or uninstall acme-traits"
    )
    line = json.dumps({"id": 1, "output": "好。", "trait": "json"})
    assert typed(project.path, "pytest-qwen judge -", line.encode()) == (2, "", f"{told}\n")
    project.behavior("{instruct: [{starts_with: 好}]}")
    result = project.run()
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_project_without_behaviors_loads_none(pytester, install):
    """Entry points are for those who judge: other runs of pytest do not import them."""
    install("acme_bad", "1 / 0")
    pytester.makepyfile("def test_a(): pass")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
