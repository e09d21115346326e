"""`--qwen-report`: the page at the end of a run, announced, linked from pytest-html, never in the way."""

import re

import pytest

from pytest_qwen.report import page_of
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
    project.run(cold=True).stdout.fnmatch_lines(["there: []"])


def test_quiet_runs_do_not_announce_it(project):
    """Under `-q` the page is made and not told of."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("-q", "--qwen-report=r.html").stdout.no_fnmatch_line("page for*")
    assert "says" in page(project, "r.html")


def test_a_run_without_cases_makes_none(project):
    """Nothing ran, so nothing is replaced."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("--qwen-report=r.html")
    made = page(project, "r.html")
    project.run("--qwen-report=r.html", "-k", "nothing")
    assert page(project, "r.html") == made
    project.run("--qwen-report=r.html", "--qwen-samples=2").assert_outcomes(passed=1)
    assert page(project, "r.html") != made  # an earlier page is written over


@pytest.mark.parametrize(
    ("option", "text", "what"),
    [
        ("record", "import os\n", "a record"),
        ("record", '{"name": "package"}\n', "a record"),
        ("report", "import os\n", "a page"),
        ("report", "<!doctype html>\n<html>\n<head>\n<title>mine</title>", "a page"),
    ],
)
def test_a_file_that_is_something_else_stays(project, option, text, what):
    """A wrong name costs no file: one line, and no test runs."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.write("mine", text)
    result = project.run(f"--qwen-{option}=mine")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.errlines == [
        (
            f"ERROR: --qwen-{option}: {project.path / 'mine'}: expected {what} of an earlier run "
            "to write over, got another file: name another, or delete it"
        ),
        "",
    ]
    assert page(project, "mine") == text


def test_record_and_page_are_two_files(project):
    """The page would take the record's place."""
    project.behavior("{instruct: [{finish: stop}]}")
    result = project.run("--qwen-record=r", "--qwen-report=./r")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.errlines[0].endswith("/r: the record goes there: name another file")


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


OWN = """
import pytest
from pytest_qwen import behavior

@behavior(role="instruct", prompt="你好！")
class TestOwn:
    def test_passes(self, reply):
        pass

    def test_fails(self, reply):
        assert not "my own words"

    def test_skips(self, reply):
        pytest.skip("later")
"""


@pytest.mark.parametrize("workers", [["-p", "no:xdist"], ["-n", "2"]])
def test_a_run_in_chinese_has_no_english_but_the_users_own(project, workers):
    """Verdicts, snapshots, skips and relations of a real run; an assert of a test is its author's."""
    project.behavior("{instruct: [{one_of: [never]}, language: zh]}", samples=2)
    project.behavior("{instruct: [{finish: stop}]}", name="coder", needs="[code]")
    project.behavior(
        "{instruct: [{not: refuses}], reasoning: [{thinking: closed}]}",
        name="kept",
        snapshot="true",
    )
    project.write("behaviors/test_own.py", OWN)
    pair = "{rate: {behavior: kept, trait: {not: refuses}}, order: base < instruct}"
    project.write(
        "behaviors/ladder.yaml", f"behavior: ladder\nconfidence: 0.5\ncompare: [{pair}]\n"
    )
    project.run("-m", "reasoning", "--snapshot-update", *workers)
    project.run(*workers)
    text = page_of(project.path / ".qwen" / "record.jsonl", None, "zh").decode()
    english = re.findall(r'<(?!html)\w+[^>]* lang="en"[^>]*>(.*?)</', text, re.DOTALL)
    assert set(english) <= {"✗ test: behaviors/test_own.py:11: AssertionError"}
    for part in (
        "! 跳过：需要 code，而模型家族 tiny 不具备",
        "没有失败的断言",
        "跳过：later",
        "没有快照",
        "文本相同",
        "的通过率",
    ):
        assert part in text, part
