"""`--qwen-report`: the page at the end of a run, announced, linked from pytest-html, never in the way."""

import pytest

from tests.plugin.test_html import rows


def page(project, name="out/r.html"):
    return (project.path / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("workers", [["-p", "no:xdist"], ["-n", "2"]])
def test_a_run_ends_with_its_page(project, workers):
    """Every case of the run is in the page, whatever it came from, and the path is told."""
    project.behavior("{instruct: [{one_of: [never]}], base: [{length: {at_least: 1}}]}", samples=2)
    result = project.run("--qwen-report=out/r.html", *workers)
    result.stdout.fnmatch_lines(["record of 2 cases: *", "page for reviewers: out/r.html"])
    result.assert_outcomes(passed=1, failed=1)
    made = page(project)
    for case in ("says.instruct-zh", "says.base-zh"):
        assert f'<article id="t={case}"' in made
        assert f'id="t={case}.1"' in made
    assert "behaviors/says.yaml:3" in made
    assert list((project.path / "out").iterdir()) == [project.path / "out" / "r.html"]


def test_without_the_option_no_page_is_made(project):
    """And neither Jinja nor the report is imported."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.write(
        "conftest.py",
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    print('there:', sorted(n for n in sys.modules if n in "
        "('rapidfuzz', 'pytest_qwen.report.page', 'pytest_qwen.report.run')))\n",
    )
    project.run()
    project.run().stdout.fnmatch_lines(["there: []"])


def test_quiet_runs_do_not_announce_it(project):
    """Under `-q` the page is made and not told of."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("-q", "--qwen-report=r.html").stdout.no_fnmatch_line("page for*")
    assert "says" in page(project, "r.html")


def test_a_run_without_cases_makes_none(project):
    """Nothing ran, so nothing is replaced."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.write("r.html", "old")
    project.run("--qwen-report=r.html", "-k", "nothing")
    assert page(project, "r.html") == "old"


def test_a_page_that_cannot_be_written_is_an_error(project):
    """The tests passed, but what was asked for is not there: the exit status and a line say so."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.write("file", "")
    result = project.run("-q", "--qwen-report=file/r.html")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["--qwen-report: expected a page at */file/r.html, got *"])
    assert "INTERNALERROR" not in result.stdout.str()


def test_rows_of_pytest_html_lead_to_the_page(project):
    """By a path from the one file to the other, and the case's place."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("--qwen-report=out/r.html", "--html=html/r.html", "--self-contained-html")
    (project.path / "html" / "r.html").rename(project.path / "r.html")
    (row,) = rows(project)[1].values()
    assert '<a href="../out/r.html#t=says.instruct-zh">says</a>' in "".join(row["resultsTableRow"])
