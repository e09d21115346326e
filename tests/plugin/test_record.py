"""The run's record: a line a sample with the whole reply, an end that lists what was expected."""

import json

import pytest


def test_the_record_has_run_samples_and_end(project):
    """The first line describes the run, each sample is whole, the last lists the cases."""
    project.behavior("{instruct: [{finish: stop}, {any: [asks_back, {finish: stop}]}]}", samples=2)
    result = project.run()
    result.stdout.fnmatch_lines(["record of 1 case: .qwen/record.jsonl"])
    run, first, second, end = project.lines()
    assert (run["kind"], run["schema"], run["family"]) == ("run", 2, "tiny")
    assert len(run["checkpoints"]["instruct"]["fingerprint"]) == 32
    node = "behaviors/says.yaml::says[instruct-zh]"
    assert (first["case"], first["behavior"], first["role"], first["prompt_id"]) == (
        node,
        "says",
        "instruct",
        "zh",
    )
    assert first["cluster"] == "says"
    assert (first["prompt_as"], first["thinking"], first["seed"], first["samples"]) == (
        "chat",
        False,
        0,
        2,
    )
    assert first["sampling"]["max_new_tokens"] == 320
    assert first["prompt"] == [{"role": "user", "content": "你好！"}]
    assert [first["reply"]["sample"], second["reply"]["sample"]] == [0, 1]
    assert first["reply"]["token_ids"]
    assert first["error"] is None
    finish, either = first["verdicts"]
    assert (finish["trait"], finish["args"], finish["passed"], finish["line"]) == (
        "finish",
        "stop",
        True,
        3,
    )
    assert either["trait"] == "any"
    assert "got" in either["evidence"]
    assert finish["version"] == run["traits"]["finish"]
    assert either["version"] == f"{run['traits']['asks_back']}+{run['traits']['finish']}"
    lanes = {"instruct": ["lane.slot"]}
    known = {"expected": [node], "reported": [node], "status": 0, "lanes": lanes}
    assert end == {"kind": "end", **known}


def test_paths_are_as_given(project):
    """`--qwen-record` and `--qwen-store` take paths; the default folder ignores itself."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("--qwen-record=out/r.jsonl", store="kept")
    assert (project.path / "kept" / "replies.sqlite3").is_file()
    assert len((project.path / "out" / "r.jsonl").read_text().splitlines()) == 3
    project.run()
    assert (project.path / ".qwen" / ".gitignore").read_text() == "*\n"


def test_collect_only_leaves_the_record(project):
    """Only a run with samples begins a new record."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run()
    before = project.lines()
    project.run("--collect-only")
    project.run("-k", "nothing")
    assert project.lines() == before


def test_replay_imports_no_torch(project):
    """A second run answers from the store, with the same texts, without torch or a tokenizer."""
    project.behavior("{instruct: [{finish: stop}], reasoning: [{thinking: closed}]}", samples=2)
    project.run(store="kept")
    texts = project.texts()
    project.write(
        "conftest.py",
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    print('heavy:', sorted({'torch', 'transformers', 'tokenizers'} & set(sys.modules)))\n",
    )
    project.run(store="kept", cold=True).stdout.fnmatch_lines(["heavy: []"])
    assert project.texts() == texts
    project.run(store="off").stdout.fnmatch_lines(
        ["heavy: [[]'tokenizers', 'torch', 'transformers'[]]"]
    )
    assert project.texts() == texts


def test_quiet_runs_stay_quiet(project):
    """Under `-q` the record is not announced."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("-q").stdout.no_fnmatch_line("record of*")


def test_skipped_cases_are_in_the_record(project):
    """A role that the family lacks is expected and reported, as skipped, not as failed."""
    project.write("f.yaml", "family: lonely\nbase: {checkpoint: x}\n")
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("--qwen-family=f.yaml")
    _, line, end = project.lines()
    assert line["error"] == {
        "kind": "skipped",
        "message": "the family lonely has no instruct role",
        "message_code": {
            "code": "family.no_role",
            "values": {"family": "lonely", "role": "instruct"},
        },
    }
    assert end["expected"] == end["reported"]


def test_a_skip_in_a_python_test_is_no_failure(project):
    """The sample's verdict is open; a test of the class that asks for nothing is no case."""
    project.write(
        "behaviors/test_a.py",
        "import pytest\nfrom pytest_qwen import behavior\n"
        "@behavior(role='instruct', prompt='你好！')\n"
        "class TestA:\n"
        "    def test_asks(self, reply):\n        pytest.skip('later')\n"
        "    def test_other(self):\n        pass\n",
    )
    project.run().assert_outcomes(passed=1, skipped=1)
    _, line, end = project.lines()
    assert line["verdicts"][0]["passed"] is None
    assert line["verdicts"][0]["evidence"]["got"] == "skipped: later"
    assert end["expected"] == end["reported"] == ["behaviors/test_a.py::TestA::test_asks"]


def test_a_fixture_that_fails_is_no_miss(project):
    """What breaks after the reply is there is an error of the test, not a verdict on the model."""
    project.write(
        "behaviors/test_a.py",
        "import pytest\nfrom pytest_qwen import behavior\n"
        "@pytest.fixture\ndef broken(reply):\n    raise OSError('no disk')\n"
        "@behavior(role='instruct', prompt='你好！')\n"
        "def test_asks(reply, broken):\n    pass\n",
    )
    project.run().assert_outcomes(errors=1)
    _, line, _ = project.lines()
    assert (line["verdicts"], line["error"]["kind"]) == ([], "setup")
    assert line["error"]["message"].endswith("OSError")


def test_a_failing_teardown_writes_nothing_twice(project):
    """Each sample is one line, whatever fails afterwards."""
    project.write(
        "conftest.py",
        "import pytest\n@pytest.fixture(autouse=True)\ndef broken():\n    yield\n    raise OSError('x')\n",
    )
    project.behavior("{instruct: [{finish: stop}]}", samples=2)
    project.run().assert_outcomes(passed=1, errors=1)
    assert [line["kind"] for line in project.lines()] == ["run", "sample", "sample", "end"]


def test_every_line_is_strict_json(project):
    """No NaN, one object a line, readable by any JSON reader."""
    project.behavior("{base: [{length: {at_least: 1}}]}", samples=3)
    project.run()
    text = (project.path / ".qwen" / "record.jsonl").read_text(encoding="utf-8")

    def refuse(name):
        raise AssertionError(name)

    assert [json.loads(line, parse_constant=refuse)["kind"] for line in text.splitlines()] == [
        "run",
        "sample",
        "sample",
        "sample",
        "end",
    ]


@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_a_record_that_cannot_be_written_ends_the_run(project, workers):
    """The option and the reason are named; nothing runs on unrecorded."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.write("file", "")
    result = project.run("--qwen-record=file/r.jsonl", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    output = "\n".join([*result.outlines, *result.errlines])
    assert "--qwen-record: expected a file that can be written, got " in output
    assert "INTERNALERROR" not in output


@pytest.mark.parametrize("place", [".", "/dev/null"])
def test_a_record_is_a_regular_file(project, place):
    """A device is not read for an earlier record: `/dev/full` has no end."""
    project.behavior("{instruct: [{finish: stop}]}")
    result = project.run(f"--qwen-record={place}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    output = "\n".join([*result.outlines, *result.errlines])
    told = "--qwen-record: expected a file that can be written, got "
    assert f"{told}{project.path / place}, which is no regular file: name another" in output


def test_the_header_tells_suites_and_templates_apart(project):
    """The suite's hash changes with what is asked and expected, not with models or workers."""
    project.behavior("{instruct: [{finish: stop}]}")
    headers = []

    def header(*options):
        project.run(*options)
        headers.append(project.lines()[0])
        return headers[-1]["suite_hash"]

    first = header()
    assert len(first) == 32
    assert header("-n", "2", "--dist", "load") == first

    def other(copy):
        path = copy / "chat_template.jinja"
        path.write_text(path.read_text(encoding="utf-8") + "{# new #}", encoding="utf-8")

    assert header(project.damaged("instruct", other)) == first
    templates = [run["checkpoints"]["instruct"]["template"] for run in headers]
    assert templates[0] == templates[1] != templates[2]
    assert header("--qwen-samples=2") != first
    project.behavior("{instruct: [{finish: length}]}")
    assert header() != first


def test_attempts_are_counted(project):
    """The same suite and checkpoints recorded again in one place is a further attempt."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run()
    project.run()
    assert project.lines()[0]["attempt"] == 2
    project.run("--qwen-samples=2")
    assert project.lines()[0]["attempt"] == 1


PYTHON = """\
from pytest_qwen import behavior

@behavior(role='instruct', prompt='你好！')
def test_says(reply):
    assert reply.text == 'never said'

@behavior(role='instruct', prompt='你好！')
def test_is_broken(reply):
    raise OSError('no file')
"""


KEPT = """
def pytest_terminal_summary(terminalreporter):
    reports = terminalreporter.stats["passed"]
    print(len(reports), "reports with lines:", sum(hasattr(one, "qwen") for one in reports))
"""


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_what_was_written_is_let_go(project, workers):
    """Pytest keeps all reports to the end: with their replies memory would grow."""
    project.behavior("{instruct: [{finish: stop}], base: [never_ends]}")
    project.write("conftest.py", KEPT)
    result = project.run(*workers)
    result.stdout.fnmatch_lines(["2 reports with lines: 0"])
    assert len(project.lines()) == 4


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_record_only_records_a_miss_and_passes(project, workers):
    """Misses in YAML and in asserts are in the record; an error of a test's own still fails."""
    project.behavior("{instruct: [{one_of: [never said]}]}")
    project.write("behaviors/test_a.py", PYTHON)
    result = project.run("--qwen-record-only", *workers)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*OSError: no file*",
            "3 cases failed; failures do not fail a --qwen-record-only run: *",
        ]
    )
    passed = {
        line["case"].rpartition("::")[2]: [verdict["passed"] for verdict in line["verdicts"]]
        for line in project.lines()
        if line["kind"] == "sample"
    }
    assert passed == {
        "says[instruct-zh]": [False],
        "test_says": [False],
        "test_is_broken": [False],
    }


def test_a_snapshot_is_no_verdict_on_a_sample(project):
    """Of a behavior that expects nothing else, the gate has nothing to compare."""
    project.behavior("{instruct: []}", snapshot="true")
    project.run().assert_outcomes(failed=1)  # there is no snapshot
    samples = [line for line in project.lines() if line["kind"] == "sample"]
    assert [line["verdicts"] for line in samples] == [[]]


def test_record_only_leaves_snapshots_out(project):
    """A candidate says other things than the snapshots: the gate judges, not they."""
    project.behavior("{instruct: [{finish: stop}]}", snapshot="true")
    project.run("--qwen-record-only").assert_outcomes(passed=1)
    project.run().assert_outcomes(failed=1)  # there is no snapshot


def test_record_only_fails_without_replies(project):
    """A checkpoint that cannot be used is no miss."""
    project.behavior("{instruct: [{finish: stop}]}")
    result = project.run("--qwen-record-only", "--qwen-model=instruct=./none")
    result.assert_outcomes(failed=1)
    assert project.lines()[1]["error"]["kind"] == "engine"


@pytest.mark.parametrize("option", ["record", "report"])
@pytest.mark.parametrize("file", ["base.jsonl", "link", "base.jsonl.approvals.jsonl"])
def test_an_approved_baseline_is_not_written_over(project, option, file):
    """Only `pytest-qwen approve` replaces it; no test runs."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.write("base.jsonl", "approved")
    project.write("base.jsonl.approvals.jsonl", "by")
    (project.path / "link").symlink_to("base.jsonl")
    result = project.run(f"--qwen-{option}={file}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    what, does = (
        ("the approvals of a", "writes") if "approvals" in file else ("an approved", "replaces")
    )
    assert result.errlines == [
        (
            f"ERROR: --qwen-{option}: {project.path / file}: {what} baseline, which only "
            f"`pytest-qwen approve` {does}: name another file"
        ),
        "",
    ]
    assert (project.path / "base.jsonl").read_text() == "approved"
    assert (project.path / "base.jsonl.approvals.jsonl").read_text() == "by"


def test_an_approved_baseline_at_the_default_place_stays(project):
    """Without the option, too, a record is not written over a baseline."""
    project.behavior("{instruct: [{finish: stop}]}")
    (project.path / ".qwen").mkdir()
    project.write(".qwen/record.jsonl", "approved")
    project.write(".qwen/record.jsonl.approvals.jsonl", "")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "which only `pytest-qwen approve` replaces" in "\n".join(
        [*result.outlines, *result.errlines]
    )
    assert (project.path / ".qwen/record.jsonl").read_text() == "approved"


def test_a_killed_run_leaves_a_record(project):
    """After SIGKILL every sample that was judged is readable; the end is missing."""
    project.behavior("{instruct: [{finish: stop}]}", name="one", samples=2)
    project.behavior("{instruct: [{finish: stop}]}", name="two")
    project.write(
        "conftest.py",
        "import os, signal\n"
        "def pytest_runtest_setup(item):\n"
        "    if 'two' in item.name:\n        os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    project.run("-p", "no:xdist")
    assert [line["kind"] for line in project.lines()] == ["run", "sample", "sample"]


LIMIT = """\
import resource

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

"""
"""How large a file may become, for this process: what does not fit fails as on a full disk."""

IN_MID_RUN = """\
def pytest_runtest_setup(item):
    if "b2" in item.name:
        limit((item.config.rootpath / ".qwen" / "record.jsonl").stat().st_size + 100)
"""

AT_THE_END = """\
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    limit((session.config.rootpath / ".qwen" / "record.jsonl").stat().st_size + 100)
"""


@pytest.mark.parametrize(("when", "cases"), [(IN_MID_RUN, 2), (AT_THE_END, 4)])
def test_a_full_disk_is_one_message(project, when, cases):
    """In mid-run and for the last line alone: what was written stays, and counts as cut off."""
    for number in range(4):
        project.behavior("{instruct: [{finish: stop}]}", name=f"b{number}")
    project.run()
    project.write("conftest.py", LIMIT + when)
    result = project.run("-p", "no:xdist")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    output = "\n".join([*result.outlines, *result.errlines])
    path = project.path / ".qwen" / "record.jsonl"
    told = "--qwen-record: expected a file that can be written, got [Errno 27] File too large: "
    assert output.count(f"{told}'{path}'") == 1
    assert "Traceback" not in output
    assert f"record of {cases} cases: .qwen/record.jsonl" in output
    assert [line["kind"] for line in project.lines()] == ["run", *["sample"] * cases]
