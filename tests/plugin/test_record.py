"""The run's record: a line a sample with the whole reply, an end that lists what was expected."""

import json

import pytest


def test_the_record_has_run_samples_and_end(project):
    """The first line describes the run, each sample is whole, the last lists the cases."""
    project.behavior("{instruct: [{finish: stop}, {any: [asks_back, {finish: stop}]}]}", samples=2)
    result = project.run()
    result.stdout.fnmatch_lines(["record of 1 cases: .qwen/record.jsonl"])
    run, first, second, end = project.lines()
    assert (run["kind"], run["schema"], run["family"]) == ("run", 1, "tiny")
    assert len(run["checkpoints"]["instruct"]["fingerprint"]) == 32
    node = "behaviors/says.yaml::says[instruct-zh]"
    assert (first["case"], first["behavior"], first["role"], first["prompt_id"]) == (
        node,
        "says",
        "instruct",
        "zh",
    )
    assert first["cluster"] == "says"
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
    assert end == {"kind": "end", "expected": [node], "reported": [node], "status": 0}


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
    project.run(store="kept").stdout.fnmatch_lines(["heavy: []"])
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
        "message": "Skipped: the family lonely has no instruct role",
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
    assert line["verdicts"][0]["evidence"] == {"got": "Skipped: later"}
    assert end["expected"] == end["reported"] == ["behaviors/test_a.py::TestA::test_asks"]


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
